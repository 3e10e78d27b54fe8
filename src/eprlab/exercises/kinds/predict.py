"""Predict, then run: a bet that is locked before anything happens.

Each bet is on a scene: something that will be done to the real stack. When all bets are placed they are
locked, in a file, and only then does it happen. A bet that is lost comes back as another scene of the
same rule, under another key, so that knowing the answer is not enough.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from eprlab.exercises.answers import Answer, shown
from eprlab.exercises.definition import Exercise, Mistake
from eprlab.exercises.setting import Setting
from eprlab.exercises.verdict import Finding, missed, seen


@dataclass(frozen=True)
class Scene:
    """Something that will happen. `text` tells it; `do` is what `happen` needs to know.

    `right` is what will happen, for the solution only: a bet is judged by what did. `why` names the
    mechanism. `wrong` maps a bet to the mistake behind it.
    """

    key: str
    text: str
    do: Any = field(hash=False)
    right: Any
    why: str
    wrong: Mapping[Any, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, kw_only=True)
class Predict(Exercise):
    """Bets on scenes. `bets`: for each bet its scenes, of which the later ones come if it was lost.

    `options`: what can be bet. `happen` makes scenes real: it is given what to `do` by scene and returns what
    happened by scene. `errors` maps each mistake that scenes name to what a learner who makes it has to
    be told.
    """

    options: tuple[Any, ...]
    bets: tuple[tuple[Scene, ...], ...]
    happen: Callable[[Setting, Mapping[str, Any]], Mapping[str, Any]] = field(repr=False)
    errors: Mapping[str, str] = field(default_factory=dict, hash=False)

    kind: ClassVar[str] = "predict"

    @property
    def names(self) -> tuple[str, ...]:
        return ("bets",)

    @property
    def steps(self) -> tuple[str, ...]:
        return tuple(_step(scenes[0]) for scenes in self.bets)

    @property
    def starter(self) -> str:
        return self._cell({})

    @property
    def solution(self) -> str:
        return self._cell({scenes[0].key: scenes[0].right for scenes in self.bets})

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """For each mistake: the bets of somebody who makes it wherever it matters, and no other."""
        made = []
        for id, because in self.errors.items():
            bets = {}
            for first, *_ in self.bets:
                values = [value for value, mistake in first.wrong.items() if mistake == id]
                bets[first.key] = values[0] if values else first.right
            made.append(Mistake(id, self._cell(bets), because))
        return tuple(made)

    def plan(self, setting: Setting) -> tuple[str, ...]:
        return tuple(_step(scene) for scene in self._scenes(setting))

    def look(self, answer: Answer, setting: Setting) -> Iterator[Finding]:
        bets = answer["bets"] if isinstance(answer["bets"], Mapping) else {}
        scenes = self._scenes(setting)
        won = setting.memory.setdefault("won", {}) if not setting.passed_before else {}
        open_scenes = [scene for scene in scenes if scene.key not in won]
        locked = {} if setting.passed_before else setting.memory.get("locked", {})
        placed = {
            scene.key: locked.get(scene.key, bets.get(scene.key, ...)) for scene in open_scenes
        }
        unplaced = [scene for scene in open_scenes if not self._can_be_bet(placed[scene.key])]
        if unplaced:
            yield from (_again(scene, won[scene.key]) for scene in scenes if scene.key in won)
            yield self._unplaced(unplaced, placed)
            return
        if not setting.passed_before:
            setting.memory["locked"] = placed
            setting.remember()
        results = self.happen(setting, {scene.key: scene.do for scene in open_scenes})
        for scene in scenes:
            if scene.key in won:
                yield _again(scene, won[scene.key])
            elif results[scene.key] == placed[scene.key]:
                won[scene.key] = placed[scene.key]
                yield seen(f"{results[scene.key]}, as you said. {scene.why}")
            else:
                yield self._lost(scene, placed[scene.key], results[scene.key])
        if not setting.passed_before:
            self._go_on(setting, open_scenes, won)

    def _lost(self, scene: Scene, bet: Any, result: Any) -> Finding:
        mistake = scene.wrong.get(bet, "")
        reason = f"{scene.why} {self.errors[mistake]}" if mistake else scene.why
        return Finding(
            False, expected=f"{bet} (your bet)", found=f"{result}", because=reason, mistake=mistake
        )

    def _unplaced(self, scenes: list[Scene], placed: Mapping[str, Any]) -> Finding:
        unfit = [
            f"{s.key} is {shown(placed[s.key], 40)}" for s in scenes if placed[s.key] is not ...
        ]
        without = [scene.key for scene in scenes if placed[scene.key] is ...]
        found = "; ".join([*unfit, *([f"no bet yet on {', '.join(without)}"] if without else [])])
        return missed(
            step=_step(scenes[0]),
            expected=f"in `bets`, for each: {', '.join(map(repr, self.options))}",
            found=found,
            because="Nothing happens, and nothing is judged, before all bets are placed.",
        )

    def _can_be_bet(self, value: Any) -> bool:
        return any(type(value) is type(option) and value == option for option in self.options)

    def _scenes(self, setting: Setting) -> list[Scene]:
        """Each bet's scene of now: the first, or after a loss a later one."""
        turn = {} if setting.passed_before else setting.memory.get("turn", {})
        return [scenes[min(turn.get(scenes[0].key, 0), len(scenes) - 1)] for scenes in self.bets]

    def _go_on(self, setting: Setting, scenes: list[Scene], won: Mapping[str, Any]) -> None:
        """Unlocks, and turns to the next scene of each lost bet."""
        turn = setting.memory.setdefault("turn", {})
        for number, scene in enumerate(self._scenes(setting)):
            if scene in scenes and scene.key not in won:
                first = self.bets[number][0].key
                turn[first] = min(turn.get(first, 0) + 1, len(self.bets[number]) - 1)
        setting.memory.pop("locked", None)
        setting.remember()
        again = [scene for scene in self._scenes(setting) if scene.key not in won]
        if again:
            listed = "\n".join(f'  "{scene.key}": …  {scene.text}' for scene in again)
            setting.note(f"Lost bets come back in another guise. Add to `bets`:\n{listed}")

    def _cell(self, bets: Mapping[str, Any]) -> str:
        lines = ["bets = {"]
        for first, *_ in self.bets:
            value = repr(bets[first.key]) if first.key in bets else "..."
            lines.append(f'    "{first.key}": {value},  # {first.text}')
        return "\n".join([*lines, "}"])


def _again(scene: Scene, bet: Any) -> Finding:
    return replace(seen(f"{bet}, as you said before"), step=_step(scene))


def _step(scene: Scene) -> str:
    return f"{scene.key}: {scene.text}"
