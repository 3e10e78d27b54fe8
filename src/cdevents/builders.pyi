"""Written by `python -m cdevents.stub` from the table in `vocabulary`; do not edit."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Unpack

from .event import Event
from .shapes import Envelope, Reference, Sbom, TestCase, TestSuite, Trigger

def custom(
    type: str,
    subject_id: str,
    *,
    content: Mapping[str, Any] | None = None,
    **envelope: Unpack[Envelope],
) -> Event: ...

class _Artifact:
    @staticmethod
    def deleted(
        subject_id: str,
        *,
        user: str | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.artifact.deleted.0.2.0: an artifact was removed from where it was published.

        `subject_id`: which one.
        `user`: a text that is not empty (optional).
        The rest: see `cdevents.shapes.Envelope`."""
    @staticmethod
    def downloaded(
        subject_id: str,
        *,
        user: str | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.artifact.downloaded.0.2.0: an artifact was fetched from where it was published.

        `subject_id`: which one.
        `user`: a text that is not empty (optional).
        The rest: see `cdevents.shapes.Envelope`."""
    @staticmethod
    def packaged(
        subject_id: str,
        *,
        change: str | Reference | Event,
        sbom: str | Sbom | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.artifact.packaged.0.3.0: an artifact was put into the form in which it is shipped.

        `subject_id`: which one.
        `change`: an object with id, source.
        `sbom`: an object with uri (optional).
        The rest: see `cdevents.shapes.Envelope`."""
    @staticmethod
    def published(
        subject_id: str,
        *,
        sbom: str | Sbom | None = None,
        user: str | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.artifact.published.0.3.0: an artifact can be fetched by others.

        `subject_id`: which one.
        `sbom`: an object with uri (optional).
        `user`: a text that is not empty (optional).
        The rest: see `cdevents.shapes.Envelope`."""
    @staticmethod
    def signed(
        subject_id: str,
        *,
        signature: str,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.artifact.signed.0.3.0: an artifact was signed.

        `subject_id`: which one.
        `signature`: a text that is not empty.
        The rest: see `cdevents.shapes.Envelope`."""

class _Branch:
    @staticmethod
    def created(
        subject_id: str,
        *,
        repository: str | Reference | Event | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.branch.created.0.3.0: a branch was made in a repository.

        `subject_id`: which one.
        `repository`: an object with id, source (optional).
        The rest: see `cdevents.shapes.Envelope`."""
    @staticmethod
    def deleted(
        subject_id: str,
        *,
        repository: str | Reference | Event | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.branch.deleted.0.3.0: a branch was removed from a repository.

        `subject_id`: which one.
        `repository`: an object with id, source (optional).
        The rest: see `cdevents.shapes.Envelope`."""

class _Build:
    @staticmethod
    def finished(
        subject_id: str,
        *,
        artifact_id: str | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.build.finished.0.3.0: a build ended.

        `subject_id`: which one.
        `artifact_id`: a text (optional).
        The rest: see `cdevents.shapes.Envelope`."""
    @staticmethod
    def queued(
        subject_id: str,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.build.queued.0.3.0: a build waits for its turn.

        `subject_id`: which one.
        The rest: see `cdevents.shapes.Envelope`."""
    @staticmethod
    def started(
        subject_id: str,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.build.started.0.3.0: a build began.

        `subject_id`: which one.
        The rest: see `cdevents.shapes.Envelope`."""

class _Change:
    @staticmethod
    def abandoned(
        subject_id: str,
        *,
        repository: str | Reference | Event | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.change.abandoned.0.3.0: a change was given up.

        `subject_id`: which one.
        `repository`: an object with id, source (optional).
        The rest: see `cdevents.shapes.Envelope`."""
    @staticmethod
    def created(
        subject_id: str,
        *,
        description: str | None = None,
        repository: str | Reference | Event | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.change.created.0.4.0: a change was proposed.

        `subject_id`: which one.
        `description`: a text that is not empty (optional).
        `repository`: an object with id, source (optional).
        The rest: see `cdevents.shapes.Envelope`."""
    @staticmethod
    def merged(
        subject_id: str,
        *,
        repository: str | Reference | Event | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.change.merged.0.3.0: a change became part of its target branch.

        `subject_id`: which one.
        `repository`: an object with id, source (optional).
        The rest: see `cdevents.shapes.Envelope`."""
    @staticmethod
    def reviewed(
        subject_id: str,
        *,
        repository: str | Reference | Event | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.change.reviewed.0.3.0: somebody gave a verdict on a change.

        `subject_id`: which one.
        `repository`: an object with id, source (optional).
        The rest: see `cdevents.shapes.Envelope`."""
    @staticmethod
    def updated(
        subject_id: str,
        *,
        repository: str | Reference | Event | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.change.updated.0.3.0: a proposed change was altered.

        `subject_id`: which one.
        `repository`: an object with id, source (optional).
        The rest: see `cdevents.shapes.Envelope`."""

class _Environment:
    @staticmethod
    def created(
        subject_id: str,
        *,
        name: str | None = None,
        uri: str | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.environment.created.0.3.0: a place to run services in was made.

        `subject_id`: which one.
        `name`: a text (optional).
        `uri`: an absolute URI such as https://ferry.example/runs/7 (optional).
        The rest: see `cdevents.shapes.Envelope`."""
    @staticmethod
    def deleted(
        subject_id: str,
        *,
        name: str | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.environment.deleted.0.3.0: a place to run services in was removed.

        `subject_id`: which one.
        `name`: a text (optional).
        The rest: see `cdevents.shapes.Envelope`."""
    @staticmethod
    def modified(
        subject_id: str,
        *,
        name: str | None = None,
        uri: str | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.environment.modified.0.3.0: a place to run services in was altered.

        `subject_id`: which one.
        `name`: a text (optional).
        `uri`: an absolute URI such as https://ferry.example/runs/7 (optional).
        The rest: see `cdevents.shapes.Envelope`."""

class _Incident:
    @staticmethod
    def detected(
        subject_id: str,
        *,
        environment: str | Reference | Event,
        description: str | None = None,
        service: str | Reference | Event | None = None,
        artifact_id: str | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.incident.detected.0.3.0: something in an environment went wrong.

        `subject_id`: which one.
        `environment`: an object with id, source.
        `description`: a text (optional).
        `service`: an object with id, source (optional).
        `artifact_id`: a text that is not empty (optional).
        The rest: see `cdevents.shapes.Envelope`."""
    @staticmethod
    def reported(
        subject_id: str,
        *,
        environment: str | Reference | Event,
        ticket_uri: str,
        description: str | None = None,
        service: str | Reference | Event | None = None,
        artifact_id: str | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.incident.reported.0.3.0: an incident got a ticket.

        `subject_id`: which one.
        `environment`: an object with id, source.
        `ticket_uri`: an absolute URI such as https://ferry.example/runs/7.
        `description`: a text (optional).
        `service`: an object with id, source (optional).
        `artifact_id`: a text that is not empty (optional).
        The rest: see `cdevents.shapes.Envelope`."""
    @staticmethod
    def resolved(
        subject_id: str,
        *,
        environment: str | Reference | Event,
        description: str | None = None,
        service: str | Reference | Event | None = None,
        artifact_id: str | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.incident.resolved.0.3.0: an incident is over.

        `subject_id`: which one.
        `environment`: an object with id, source.
        `description`: a text (optional).
        `service`: an object with id, source (optional).
        `artifact_id`: a text that is not empty (optional).
        The rest: see `cdevents.shapes.Envelope`."""

class _Pipelinerun:
    @staticmethod
    def finished(
        subject_id: str,
        *,
        pipeline_name: str | None = None,
        uri: str | None = None,
        outcome: Literal["success", "failure", "cancel", "error"] | None = None,
        errors: str | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.pipelinerun.finished.0.3.0: a run of a pipeline ended.

        `subject_id`: which one.
        `pipeline_name`: a text (optional).
        `uri`: an absolute URI such as https://ferry.example/runs/7 (optional).
        `outcome`: one of success, failure, cancel, error (optional).
        `errors`: a text (optional).
        The rest: see `cdevents.shapes.Envelope`."""
    @staticmethod
    def queued(
        subject_id: str,
        *,
        pipeline_name: str | None = None,
        uri: str | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.pipelinerun.queued.0.3.0: a run of a pipeline waits for its turn.

        `subject_id`: which one.
        `pipeline_name`: a text (optional).
        `uri`: an absolute URI such as https://ferry.example/runs/7 (optional).
        The rest: see `cdevents.shapes.Envelope`."""
    @staticmethod
    def started(
        subject_id: str,
        *,
        pipeline_name: str,
        uri: str,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.pipelinerun.started.0.3.0: a run of a pipeline began.

        `subject_id`: which one.
        `pipeline_name`: a text.
        `uri`: an absolute URI such as https://ferry.example/runs/7.
        The rest: see `cdevents.shapes.Envelope`."""

class _Repository:
    @staticmethod
    def created(
        subject_id: str,
        *,
        name: str,
        uri: str,
        owner: str | None = None,
        view_url: str | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.repository.created.0.3.0: a repository was made.

        `subject_id`: which one.
        `name`: a text that is not empty.
        `uri`: an absolute URI such as https://ferry.example/runs/7.
        `owner`: a text (optional).
        `view_url`: an absolute URI such as https://ferry.example/runs/7 (optional).
        The rest: see `cdevents.shapes.Envelope`."""
    @staticmethod
    def deleted(
        subject_id: str,
        *,
        name: str | None = None,
        owner: str | None = None,
        uri: str | None = None,
        view_url: str | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.repository.deleted.0.3.0: a repository was removed.

        `subject_id`: which one.
        `name`: a text (optional).
        `owner`: a text (optional).
        `uri`: an absolute URI such as https://ferry.example/runs/7 (optional).
        `view_url`: an absolute URI such as https://ferry.example/runs/7 (optional).
        The rest: see `cdevents.shapes.Envelope`."""
    @staticmethod
    def modified(
        subject_id: str,
        *,
        name: str | None = None,
        owner: str | None = None,
        uri: str | None = None,
        view_url: str | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.repository.modified.0.3.0: a repository's settings were altered.

        `subject_id`: which one.
        `name`: a text (optional).
        `owner`: a text (optional).
        `uri`: an absolute URI such as https://ferry.example/runs/7 (optional).
        `view_url`: an absolute URI such as https://ferry.example/runs/7 (optional).
        The rest: see `cdevents.shapes.Envelope`."""

class _Service:
    @staticmethod
    def deployed(
        subject_id: str,
        *,
        environment: str | Reference | Event,
        artifact_id: str,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.service.deployed.0.3.0: a service runs in an environment where it did not.

        `subject_id`: which one.
        `environment`: an object with id, source.
        `artifact_id`: a text that is not empty.
        The rest: see `cdevents.shapes.Envelope`."""
    @staticmethod
    def published(
        subject_id: str,
        *,
        environment: str | Reference | Event | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.service.published.0.3.0: a service can be reached.

        `subject_id`: which one.
        `environment`: an object with id, source (optional).
        The rest: see `cdevents.shapes.Envelope`."""
    @staticmethod
    def removed(
        subject_id: str,
        *,
        environment: str | Reference | Event | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.service.removed.0.3.0: a service no longer runs in an environment.

        `subject_id`: which one.
        `environment`: an object with id, source (optional).
        The rest: see `cdevents.shapes.Envelope`."""
    @staticmethod
    def rolledback(
        subject_id: str,
        *,
        environment: str | Reference | Event,
        artifact_id: str,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.service.rolledback.0.3.0: a service went back to an earlier artifact.

        `subject_id`: which one.
        `environment`: an object with id, source.
        `artifact_id`: a text that is not empty.
        The rest: see `cdevents.shapes.Envelope`."""
    @staticmethod
    def upgraded(
        subject_id: str,
        *,
        environment: str | Reference | Event,
        artifact_id: str,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.service.upgraded.0.3.0: a service went on to a newer artifact.

        `subject_id`: which one.
        `environment`: an object with id, source.
        `artifact_id`: a text that is not empty.
        The rest: see `cdevents.shapes.Envelope`."""

class _Taskrun:
    @staticmethod
    def finished(
        subject_id: str,
        *,
        task_name: str | None = None,
        uri: str | None = None,
        pipeline_run: str | Reference | Event | None = None,
        outcome: str | None = None,
        errors: str | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.taskrun.finished.0.3.0: one task of a pipeline's run ended.

        `subject_id`: which one.
        `task_name`: a text (optional).
        `uri`: an absolute URI such as https://ferry.example/runs/7 (optional).
        `pipeline_run`: an object with id, source (optional).
        `outcome`: a text (optional).
        `errors`: a text (optional).
        The rest: see `cdevents.shapes.Envelope`."""
    @staticmethod
    def started(
        subject_id: str,
        *,
        task_name: str | None = None,
        uri: str | None = None,
        pipeline_run: str | Reference | Event | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.taskrun.started.0.3.0: one task of a pipeline's run began.

        `subject_id`: which one.
        `task_name`: a text (optional).
        `uri`: an absolute URI such as https://ferry.example/runs/7 (optional).
        `pipeline_run`: an object with id, source (optional).
        The rest: see `cdevents.shapes.Envelope`."""

class _Testcaserun:
    @staticmethod
    def finished(
        subject_id: str,
        *,
        outcome: Literal["success", "failure", "cancel", "error"],
        environment: str | Reference | Event,
        severity: Literal["low", "medium", "high", "critical"] | None = None,
        reason: str | None = None,
        test_suite_run: str | Reference | Event | None = None,
        test_case: str | TestCase | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.testcaserun.finished.0.3.0: one test ended.

        `subject_id`: which one.
        `outcome`: one of success, failure, cancel, error.
        `environment`: an object with id, source.
        `severity`: one of low, medium, high, critical (optional).
        `reason`: a text (optional).
        `test_suite_run`: an object with id, source (optional).
        `test_case`: an object with id, version, name, type, uri (optional).
        The rest: see `cdevents.shapes.Envelope`."""
    @staticmethod
    def queued(
        subject_id: str,
        *,
        environment: str | Reference | Event,
        trigger: str | Trigger | None = None,
        test_suite_run: str | Reference | Event | None = None,
        test_case: str | TestCase | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.testcaserun.queued.0.3.0: one test waits for its turn.

        `subject_id`: which one.
        `environment`: an object with id, source.
        `trigger`: an object with type, uri (optional).
        `test_suite_run`: an object with id, source (optional).
        `test_case`: an object with id, version, name, type, uri (optional).
        The rest: see `cdevents.shapes.Envelope`."""
    @staticmethod
    def skipped(
        subject_id: str,
        *,
        reason: str | None = None,
        environment: str | Reference | Event | None = None,
        test_suite_run: str | Reference | Event | None = None,
        test_case: str | TestCase | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.testcaserun.skipped.0.2.0: one test was left out.

        `subject_id`: which one.
        `reason`: a text (optional).
        `environment`: an object with id, source (optional).
        `test_suite_run`: an object with id, source (optional).
        `test_case`: an object with id, version, name, type, uri (optional).
        The rest: see `cdevents.shapes.Envelope`."""
    @staticmethod
    def started(
        subject_id: str,
        *,
        environment: str | Reference | Event,
        trigger: str | Trigger | None = None,
        test_suite_run: str | Reference | Event | None = None,
        test_case: str | TestCase | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.testcaserun.started.0.3.0: one test began.

        `subject_id`: which one.
        `environment`: an object with id, source.
        `trigger`: an object with type, uri (optional).
        `test_suite_run`: an object with id, source (optional).
        `test_case`: an object with id, version, name, type, uri (optional).
        The rest: see `cdevents.shapes.Envelope`."""

class _Testoutput:
    @staticmethod
    def published(
        subject_id: str,
        *,
        output_type: Literal["report", "video", "image", "log", "other"],
        format: str,
        uri: str | None = None,
        test_case_run: str | Reference | Event | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.testoutput.published.0.3.0: a test's report, log or picture can be fetched.

        `subject_id`: which one.
        `output_type`: one of report, video, image, log, other.
        `format`: a text.
        `uri`: an absolute URI such as https://ferry.example/runs/7 (optional).
        `test_case_run`: an object with id, source (optional).
        The rest: see `cdevents.shapes.Envelope`."""

class _Testsuiterun:
    @staticmethod
    def finished(
        subject_id: str,
        *,
        environment: str | Reference | Event,
        outcome: Literal["success", "failure", "cancel", "error"],
        test_suite: str | TestSuite | None = None,
        severity: Literal["low", "medium", "high", "critical"] | None = None,
        reason: str | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.testsuiterun.finished.0.3.0: a suite of tests ended.

        `subject_id`: which one.
        `environment`: an object with id, source.
        `outcome`: one of success, failure, cancel, error.
        `test_suite`: an object with id, version, name, uri (optional).
        `severity`: one of low, medium, high, critical (optional).
        `reason`: a text (optional).
        The rest: see `cdevents.shapes.Envelope`."""
    @staticmethod
    def queued(
        subject_id: str,
        *,
        environment: str | Reference | Event,
        trigger: str | Trigger | None = None,
        test_suite: str | TestSuite | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.testsuiterun.queued.0.3.0: a suite of tests waits for its turn.

        `subject_id`: which one.
        `environment`: an object with id, source.
        `trigger`: an object with type, uri (optional).
        `test_suite`: an object with id, version, name, uri (optional).
        The rest: see `cdevents.shapes.Envelope`."""
    @staticmethod
    def started(
        subject_id: str,
        *,
        environment: str | Reference | Event,
        trigger: str | Trigger | None = None,
        test_suite: str | TestSuite | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.testsuiterun.started.0.3.0: a suite of tests began.

        `subject_id`: which one.
        `environment`: an object with id, source.
        `trigger`: an object with type, uri (optional).
        `test_suite`: an object with id, version, name, uri (optional).
        The rest: see `cdevents.shapes.Envelope`."""

class _Ticket:
    @staticmethod
    def closed(
        subject_id: str,
        *,
        uri: str,
        resolution: str,
        summary: str | None = None,
        ticket_type: str | None = None,
        group: str | None = None,
        creator: str | None = None,
        assignees: Sequence[str] | None = None,
        priority: str | None = None,
        labels: Sequence[str] | None = None,
        milestone: str | None = None,
        updated_by: str | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.ticket.closed.0.2.0: a ticket was closed.

        `subject_id`: which one.
        `uri`: a URI or a path such as /plab/builder, without spaces.
        `resolution`: a text that is not empty, usually one of completed, withdrawn, duplicate.
        `summary`: a text (optional).
        `ticket_type`: a text, usually one of bug, enhancement, incident, task, question (optional).
        `group`: a text (optional).
        `creator`: a text that is not empty (optional).
        `assignees`: a list of texts (optional).
        `priority`: a text, usually one of low, medium, high (optional).
        `labels`: a list of texts (optional).
        `milestone`: a text (optional).
        `updated_by`: a text (optional).
        The rest: see `cdevents.shapes.Envelope`."""
    @staticmethod
    def created(
        subject_id: str,
        *,
        summary: str,
        creator: str,
        uri: str,
        ticket_type: str | None = None,
        group: str | None = None,
        assignees: Sequence[str] | None = None,
        priority: str | None = None,
        labels: Sequence[str] | None = None,
        milestone: str | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.ticket.created.0.2.0: a ticket was opened.

        `subject_id`: which one.
        `summary`: a text.
        `creator`: a text that is not empty.
        `uri`: a URI or a path such as /plab/builder, without spaces.
        `ticket_type`: a text, usually one of bug, enhancement, incident, task, question (optional).
        `group`: a text (optional).
        `assignees`: a list of texts (optional).
        `priority`: a text, usually one of low, medium, high (optional).
        `labels`: a list of texts (optional).
        `milestone`: a text (optional).
        The rest: see `cdevents.shapes.Envelope`."""
    @staticmethod
    def updated(
        subject_id: str,
        *,
        uri: str,
        summary: str | None = None,
        ticket_type: str | None = None,
        group: str | None = None,
        creator: str | None = None,
        assignees: Sequence[str] | None = None,
        priority: str | None = None,
        labels: Sequence[str] | None = None,
        milestone: str | None = None,
        updated_by: str | None = None,
        **envelope: Unpack[Envelope],
    ) -> Event:
        """dev.cdevents.ticket.updated.0.2.0: a ticket was altered.

        `subject_id`: which one.
        `uri`: a URI or a path such as /plab/builder, without spaces.
        `summary`: a text (optional).
        `ticket_type`: a text, usually one of bug, enhancement, incident, task, question (optional).
        `group`: a text (optional).
        `creator`: a text that is not empty (optional).
        `assignees`: a list of texts (optional).
        `priority`: a text, usually one of low, medium, high (optional).
        `labels`: a list of texts (optional).
        `milestone`: a text (optional).
        `updated_by`: a text (optional).
        The rest: see `cdevents.shapes.Envelope`."""

artifact: _Artifact
branch: _Branch
build: _Build
change: _Change
environment: _Environment
incident: _Incident
pipelinerun: _Pipelinerun
repository: _Repository
service: _Service
taskrun: _Taskrun
testcaserun: _Testcaserun
testoutput: _Testoutput
testsuiterun: _Testsuiterun
ticket: _Ticket
