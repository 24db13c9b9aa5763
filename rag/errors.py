"""Every error PlanQA raises on purpose, one small tree; the edges map it to HTTP and exit codes.

    PlanQAError
    ├── InputError            what the user gave cannot be used as it is
    │   ├── QuestionError     the question is too long, or no text
    │   ├── DocumentError     a plan, or its sidecar, cannot be read
    │   └── NotFoundError     no such plan or paragraph
    ├── IndexStateError       the index cannot answer as it stands
    │   ├── IndexMissingError   nothing has been built yet
    │   ├── IndexMismatchError  built by another encoder, tokenizer or format
    │   ├── IndexBusyError      another process is writing to it
    │   └── IndexDamagedError   what is on disk contradicts itself
    ├── ModelError            the encoder's weights cannot be had or loaded
    ├── FeedbackError         votes on answers cannot be kept or read
    └── BusyError             as many questions are being answered, and wait, as there is room for

A message is one or two plain sentences: what was wrong, what was expected, what to do.
"""

from __future__ import annotations


class PlanQAError(Exception):
    """Base of all; `code` is the stable name that programs may test."""

    code = "error"


class InputError(PlanQAError):
    code = "invalid_input"


class QuestionError(InputError):
    code = "invalid_question"


class DocumentError(InputError):
    code = "unreadable_document"


class NotFoundError(InputError):
    code = "not_found"


class IndexStateError(PlanQAError):
    code = "index_unusable"


class IndexMissingError(IndexStateError):
    code = "index_missing"


class IndexMismatchError(IndexStateError):
    code = "index_mismatch"


class IndexBusyError(IndexStateError):
    code = "index_busy"


class IndexDamagedError(IndexStateError):
    code = "index_damaged"


class ModelError(PlanQAError):
    code = "model_unavailable"


class FeedbackError(PlanQAError):
    code = "feedback_unavailable"


class BusyError(PlanQAError):
    code = "busy"
