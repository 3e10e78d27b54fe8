"""The index: everything that has been recorded, kept small, and looked up in microseconds.

It grows by `add`, in any order and as often as the same thing arrives: from the topic, from pages
of a search, from a file. Equal contents answer equally. Payloads are read once and dropped.

Edges are not stored. Each follows from a few entries and is drawn when it is asked for
(`epr_lineage.rules`), so an event that arrives late, or a link whose other end comes later, needs
no repair. What is stored are the ways to find the entries: by id, by CDEvents id, by unit, by node.
"""

from __future__ import annotations

import bisect
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from epr.messages import Message
from epr.records import NVRPP, Event, Group, Receiver
from epr_lineage.entry import Announced, Entry, digest
from epr_lineage.gate import Gate, judge
from epr_lineage.model import Kind
from epr_lineage.naming import Reference, gates_named, nodes_named, references
from epr_lineage.payloads import Cause

Record = Event | Receiver | Group | Message


class Index:
    """Records in, answers out. Safe to add to from several threads while others ask.

    >>> index = Index.of(client.events.find(), client.receivers.find(), client.groups.find())
    """

    def __init__(self) -> None:
        self.receivers: dict[str, Receiver] = {}
        self.groups: dict[str, Group] = {}
        self.messages: dict[tuple[str, int, int], Announced] = {}
        self.conflicts: dict[str, set[bytes]] = {}
        self.revision = 0
        self._entries: dict[str, Entry] = {}
        self._units: dict[NVRPP, list[Entry]] = {}
        self._unit_names: dict[str, NVRPP] = {}
        self._by_cdevent: defaultdict[str, list[str]] = defaultdict(list)
        self._by_digest: defaultdict[str, list[str]] = defaultdict(list)
        self._touching: defaultdict[str, defaultdict[str, list[str]]]
        self._touching = defaultdict(lambda: defaultdict(list))  # by kind, then by node
        self._naming: defaultdict[str, list[str]] = defaultdict(list)  # a cause's id: who names it
        self._linking: defaultdict[str, list[str]] = defaultdict(
            list
        )  # an effect's id: who links it
        self._gate_effects: defaultdict[tuple[str, NVRPP], list[str]] = defaultdict(list)
        self._gates_of: defaultdict[str, list[str]] = defaultdict(list)
        self._announced: defaultdict[tuple[str | None, NVRPP], list[tuple[str, int, int]]]
        self._announced = defaultdict(list)
        self._lock = threading.Lock()

    @classmethod
    def of(cls, *records: Iterable[Record] | Record) -> Index:
        """An index of records, or of collections of them."""
        index = cls()
        for record in records:
            index.add(*((record,) if isinstance(record, Record) else record))
        return index

    # ----------------------------------------------------------------------------------- growing
    def add(self, *records: Record) -> int:
        """Takes records in; returns how many of them were new or newer. Never fails on a payload."""
        return sum(self._add(record) for record in records)

    def _add(self, record: Record) -> bool:
        if isinstance(record, Event):
            return self._add_event(record)
        if isinstance(record, Message):
            parts = [part for part in (record.event, record.receiver, record.group) if part]
            return bool(self.add(*parts)) | self._add_message(record)
        if isinstance(record, Receiver):
            return self._add_receiver(record)
        return self._add_group(record)

    def _add_event(self, event: Event) -> bool:
        if event.receiver is not None:
            self._add_receiver(event.receiver)
        known, content = self._entries.get(event.id), digest(event)
        if known is not None and known.digest == content:
            return False
        entry = Entry.of(event, content)  # outside the lock: it is most of the work
        with self._lock:
            known = self._entries.get(event.id)
            if known is not None and known.digest == content:
                return False
            if known is not None:
                # Two contents under one id: a record was changed somewhere. Whichever comes first,
                # the same one is kept, and both are remembered.
                contents = self.conflicts.setdefault(event.id, {known.digest})
                if content in contents:
                    return False
                contents.add(content)
                self.revision += 1
                if known.digest < content:
                    return True
                self._forget(known)
            self._enter(entry)
            self.revision += 1
            return True

    def _enter(self, entry: Entry) -> None:
        self._entries[entry.id] = entry
        if entry.nvrpp not in self._units:
            self._units[entry.nvrpp] = []
            self._unit_names[str(entry.nvrpp)] = entry.nvrpp
        bisect.insort(self._units[entry.nvrpp], entry, key=_recorded)
        for ids in self._lists_of(entry):
            ids.append(entry.id)
        if entry.occurrence is not None:
            self._first_to_front(
                entry.occurrence.id, len(self._by_cdevent[entry.occurrence.id]) - 1
            )

    def _forget(self, entry: Entry) -> None:
        del self._entries[entry.id]
        self._units[entry.nvrpp].remove(entry)
        for ids in self._lists_of(entry):
            ids.remove(entry.id)
        if entry.occurrence is not None and (same := self._by_cdevent[entry.occurrence.id]):
            self._first_to_front(
                entry.occurrence.id,
                min(range(len(same)), key=lambda place: _recorded(self._entries[same[place]])),
            )

    def _first_to_front(self, cdevent: str, place: int) -> None:
        """Of the events with one CDEvents id the one recorded first comes first in their list, so
        that resolving an id takes no longer when somebody uses it for everything."""
        same = self._by_cdevent[cdevent]
        if _recorded(self._entries[same[place]]) < _recorded(self._entries[same[0]]):
            same[0], same[place] = same[place], same[0]

    def _lists_of(self, entry: Entry) -> Iterator[list[str]]:
        """Every list by which this entry is found."""
        said, occurrence = entry.said, entry.occurrence
        if occurrence is not None:
            yield self._by_cdevent[occurrence.id]
        own = (said.sbom.digest,) if said.sbom is not None else ()
        for digest_ in dict.fromkeys(said.digests + own):
            yield self._by_digest[digest_]
        for node in dict.fromkeys(nodes_named(entry)):
            yield self._touching[node.partition(":")[0]][node]
        for gate in dict.fromkeys(gates_named(entry)):
            yield self._gate_effects[gate]
        stated = tuple(references(entry))
        for cause in dict.fromkeys(reference.cause for reference in stated):
            yield self._naming[cause]
        for effect in dict.fromkeys(reference.effect for reference in stated):
            if effect != entry.id:
                yield self._linking[effect]

    def _add_receiver(self, receiver: Receiver) -> bool:
        if receiver.id in self.receivers:
            return False
        with self._lock:
            self.receivers[receiver.id] = replace(receiver, schema=None)
            self.revision += 1
        return True

    def _add_group(self, group: Group) -> bool:
        with self._lock:
            known = self.groups.get(group.id)
            if known is not None and _version(known) >= _version(group):
                return False
            if known is None:
                for member in dict.fromkeys(group.event_receiver_ids):
                    self._gates_of[member].append(group.id)
            self.groups[group.id] = group
            self.revision += 1
        return True

    def _add_message(self, message: Message) -> bool:
        announced = Announced.of(message)
        if announced is None or announced.place in self.messages:
            return False
        with self._lock:
            bisect.insort(self._announced[announced.group_id, announced.nvrpp], announced.place)
            self.messages[announced.place] = announced
            self.revision += 1
        return True

    # ----------------------------------------------------------------------------------- finding
    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, event_id: object) -> bool:
        return event_id in self._entries

    def __iter__(self) -> Iterator[Entry]:
        """Every entry, in the order in which the registry recorded them."""
        return iter(sorted(self._entries.values(), key=_recorded))

    def __getitem__(self, event_id: str) -> Entry:
        """The entry of an event; `KeyError` if there is none."""
        return self._entries[event_id]

    def get(self, event_id: str) -> Entry | None:
        """The entry of an event, or None."""
        return self._entries.get(event_id)

    @property
    def units(self) -> Mapping[NVRPP, tuple[Entry, ...]]:
        """The entries of each unit, oldest first, and the units so too. A copy: more may arrive."""
        known = ((unit, tuple(entries)) for unit, entries in tuple(self._units.items()))
        return dict(
            sorted((item for item in known if item[1]), key=lambda item: _recorded(item[1][0]))
        )

    def of_unit(self, unit: NVRPP) -> tuple[Entry, ...]:
        """The entries of one unit, oldest first."""
        return tuple(self._units.get(unit, ()))

    def unit_called(self, text: str) -> NVRPP | None:
        """The unit whose five parts, joined by slashes, are this text."""
        return self._unit_names.get(text)

    def resolve(self, name: str) -> Entry | None:
        """The event that an id means: an EPR id, or a CDEvents id (of several, the first recorded)."""
        entry = self._entries.get(name)
        if entry is not None:
            return entry
        named = self._by_cdevent.get(name)
        return self._entries[named[0]] if named else None

    def touching(self, node: str) -> list[Entry]:
        """The events that name a node (an artifact, a chain, a service …), oldest first."""
        of_kind = self._touching.get(node.partition(":")[0], {})
        return sorted((self._entries[id] for id in tuple(of_kind.get(node, ()))), key=_recorded)

    def named(self, kind: Kind) -> list[str]:
        """The ids of all nodes of a kind that events name."""
        of_kind = self._touching.get(kind.value, {})
        return sorted(node for node, ids in tuple(of_kind.items()) if ids)

    def with_digest(self, digest: str) -> list[Entry]:
        """The events whose payload states this `sha256:…`, oldest first."""
        return sorted(
            (self._entries[id] for id in tuple(self._by_digest.get(digest, ()))), key=_recorded
        )

    def same_cdevent(self) -> Iterator[list[Entry]]:
        """Events that carry the same CDEvents id, two or more each."""
        for ids in tuple(self._by_cdevent.values()):
            if len(ids) > 1:
                yield sorted((self._entries[id] for id in ids), key=_recorded)

    # --------------------------------------------------------------------------------- references
    def stated_causes(self, entry: Entry) -> Iterator[Reference]:
        """What is said to have come before or caused this event, whether it is known or not."""
        for name in self._names(entry):
            if name == entry.id:
                yield from (item for item in references(entry) if item.effect == name)
            yield from self._stated(self._linking, name, "effect")

    def stated_effects(self, entry: Entry) -> Iterator[Reference]:
        """What says that it came after or because of this event."""
        for name in self._names(entry):
            yield from self._stated(self._naming, name, "cause")

    def _names(self, entry: Entry) -> Iterator[str]:
        """The ids that mean this event: its own, and its CDEvent's if it was the first with it."""
        yield entry.id
        if entry.occurrence is not None and self.resolve(entry.occurrence.id) is entry:
            yield entry.occurrence.id

    def _stated(self, by: Mapping[str, list[str]], name: str, end: str) -> Iterator[Reference]:
        for id in tuple(by.get(name, ())):
            for reference in references(self._entries[id]):
                if getattr(reference, end) == name:
                    yield reference

    def naming(self, name: str) -> list[Reference]:
        """What is said about an event by an id that need not be known."""
        return [
            *self._stated(self._linking, name, "effect"), *self._stated(self._naming, name, "cause"),
        ]  # fmt: skip

    def caused_by_gate(self, group_id: str, unit: NVRPP) -> list[Entry]:
        """The events that say that this gate made them happen, oldest first."""
        found = dict.fromkeys(self._gate_effects.get((group_id, unit), ()))
        for entry in self._units.get(unit, ()):
            for reference in self._stated(self._naming, entry.id, "cause"):
                if reference.rule == "L7" and reference.relation == group_id:
                    found[reference.effect] = None
        return sorted((self._entries[id] for id in found), key=_recorded)

    def said_by(self, entry: Entry) -> Iterator[Reference]:
        """What this event says about which event came before which."""
        return references(entry)

    def before(self, entry: Entry) -> Entry | None:
        """The event recorded right before this one for the same unit, or None."""
        entries = self._units[entry.nvrpp]
        place = bisect.bisect_left(entries, _recorded(entry), key=_recorded)
        return entries[place - 1] if place else None

    def after(self, entry: Entry) -> Entry | None:
        """The event recorded right after this one for the same unit, or None."""
        entries = self._units[entry.nvrpp]
        place = bisect.bisect_right(entries, _recorded(entry), key=_recorded)
        return entries[place] if place < len(entries) else None

    def dangling(self) -> Iterator[Reference]:
        """References whose cause or effect is not here."""
        for entry in self:
            for reference in references(entry):
                known = self.resolve(reference.cause) or reference.cause in self.groups
                if not known or not self.resolve(reference.effect):
                    yield reference

    def causes(self, entry: Entry) -> dict[str, tuple[str, ...]]:
        """The events that led to this one: their ids, and by which rules that is known.

        A gate stands for the events that had opened it.
        """
        found: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for reference in self.stated_causes(entry):
            earlier = self.resolve(reference.cause)
            if earlier is not None and reference.rule != "L7":
                found[earlier.id][reference.rule] = None
        for cause in entry.said.causes:
            for earlier in self._behind(entry, cause):
                found[earlier.id]["L7"] = None
        found.pop(entry.id, None)
        return {id: tuple(sorted(found[id])) for id in sorted(found)}

    def effects(self, entry: Entry) -> dict[str, tuple[str, ...]]:
        """The events that this one led to; the same as `causes` seen from the other side."""
        candidates = {reference.effect for reference in self.stated_effects(entry)}
        for group_id in tuple(self._gates_of.get(entry.event_receiver_id, ())):
            candidates |= {later.id for later in self.caused_by_gate(group_id, entry.nvrpp)}
        found = {}
        for name in candidates:
            later = self.resolve(name)
            if later is not None and (rules := self.causes(later).get(entry.id)):
                found[later.id] = rules
        return dict(sorted(found.items()))

    def _behind(self, entry: Entry, cause: Cause) -> Iterator[Entry]:
        group_id, event = self.gate_of(cause)
        if group_id is None:
            if event is not None:
                yield event
            return
        unit = event.nvrpp if event is not None else entry.nvrpp
        as_of = event.created_at if event is not None else entry.created_at
        gate = self.gate(group_id, unit, as_of)
        if gate is not None:
            yield from (m.event for m in gate.members if m.event is not None and m.event.success)
        if event is not None:
            yield event

    def gate_of(self, cause: Cause) -> tuple[str | None, Entry | None]:
        """The group and the event that a cause means. A gate's message has its group's id."""
        event_id, group_id = cause
        if group_id is None and event_id in self.groups:
            event_id, group_id = None, event_id
        return group_id, self.resolve(event_id) if event_id else None

    # ------------------------------------------------------------------------ gates and messages
    def gates(self, unit: NVRPP) -> list[Gate]:
        """The state of every group that waits for something that this unit has been through."""
        entries = self._units.get(unit, [])
        ids = {g for e in entries for g in self._gates_of.get(e.event_receiver_id, ())}
        groups = sorted((self.groups[id] for id in ids), key=lambda group: (group.name, group.id))
        return [judge(group, self._deciding(group, entries, None), unit) for group in groups]

    def gate(self, group_id: str, unit: NVRPP, as_of: datetime | None = None) -> Gate | None:
        """The state of one gate; None if the group is not known or nothing of it happened here."""
        group = self.groups.get(group_id)
        entries = self._units.get(unit, [])
        if group is None or not any(
            entry.event_receiver_id in group.event_receiver_ids for entry in entries
        ):
            return None
        return judge(group, self._deciding(group, entries, as_of), unit, as_of)

    @staticmethod
    def _deciding(group: Group, entries: list[Entry], as_of: datetime | None) -> list[Entry]:
        """The newest entry on each of the group's receivers: all that its state depends on."""
        wanted, found = set(group.event_receiver_ids), []
        end = len(entries)
        if as_of is not None:
            end = bisect.bisect_right(entries, as_of, key=lambda entry: entry.created_at)
        for place in range(end - 1, -1, -1):
            if entries[place].event_receiver_id in wanted:
                wanted.discard(entries[place].event_receiver_id)
                found.append(entries[place])
                if not wanted:
                    break
        return found

    def announced(self, group_id: str | None, unit: NVRPP) -> list[Announced]:
        """The messages about a unit: its gate's, or (None) its events'; in the topic's order."""
        return [self.messages[place] for place in tuple(self._announced.get((group_id, unit), ()))]

    # --------------------------------------------------------------------------------------- time
    def as_of(self, moment: datetime) -> Index:
        """The index as it was when the registry's clock stood at `moment`.

        What a gate's group was then is not recorded; its present state is taken.
        """
        then = Index()
        for receiver in tuple(self.receivers.values()):
            if receiver.created_at <= moment:
                then.receivers[receiver.id] = receiver
        then.add(*(group for group in tuple(self.groups.values()) if group.created_at <= moment))
        for entry in self:
            if entry.created_at > moment:
                break
            then._enter(entry)
        for announced in tuple(self.messages.values()):
            if announced.event_id in then and (
                announced.timestamp is None or announced.timestamp <= moment
            ):
                then.messages[announced.place] = announced
                bisect.insort(then._announced[announced.group_id, announced.nvrpp], announced.place)
        then.conflicts = {id: n for id, n in self.conflicts.items() if id in then}
        then.revision = 1
        return then


def _recorded(entry: Entry) -> tuple[datetime, str]:
    return entry.created_at, entry.id


def _version(group: Group) -> tuple[datetime, bool]:
    return group.updated_at, group.enabled
