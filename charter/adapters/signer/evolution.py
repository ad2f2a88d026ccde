"""Whether a document only grew as signed documents may: each increment judged once against the state before it.

pyHanko compares every increment with every signed revision; here each is compared with the one before, so that the cost follows the
number of signatures and not its square. An increment that only does what is allowed leaves a state the next may be compared with.
"""

from __future__ import annotations

import logging
from functools import cached_property

from pyhanko.pdf_utils.generic import IndirectObject
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.diff_analysis import (
    DEFAULT_DIFF_POLICY,
    CatalogModificationRule,
    DiffResult,
    DSSCompareRule,
    FormUpdatingRule,
    ModificationLevel,
    ObjectStreamRule,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    SuspiciousModification,
    XrefStreamRule,
)
from pyhanko.sign.fields import MDPPerm, enumerate_sig_fields
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

log = logging.getLogger(__name__)

_LTA = ModificationLevel.LTA_UPDATES
# What this product's own increments do, and nothing more: metadata, form settings and other fields stay as they were certified.
OURS = StandardDiffPolicy(
    global_rules=[
        CatalogModificationRule(ignored_keys=frozenset({"/AcroForm", "/DSS", "/Extensions", "/Version"})),
        XrefStreamRule().as_qualified(_LTA),
        ObjectStreamRule().as_qualified(_LTA),
        DSSCompareRule().as_qualified(_LTA),
    ],
    form_rule=FormUpdatingRule([SigFieldCreationRule(), SigFieldModificationRule()], ignored_acroform_keys=frozenset({"/Fields"})),
)


class Evolution:
    """The increments of one open document, read back once each. `strict`: only what our own increments do is allowed."""

    def __init__(self, reader: PdfFileReader, *, strict: bool) -> None:
        self._reader = reader
        self._policy = OURS if strict else DEFAULT_DIFF_POLICY
        self._strict = strict
        self._judged: dict[int, bool] = {}

    def harmless_after(self, found: EmbeddedPdfSignature) -> bool:
        """Whether every increment after the one that holds this signature does only what is allowed."""
        if found.fieldmdp is not None:
            return self._within(found)
        return all(self._harmless(revision) for revision in range(found.signed_revision + 1, self._reader.total_revisions))

    def first_fault(self, since: int) -> int | None:
        """The first increment after revision `since` that does more than allowed."""
        return next((one for one in range(since + 1, self._reader.total_revisions) if not self._harmless(one)), None)

    def _harmless(self, revision: int) -> bool:
        if revision not in self._judged:
            self._judged[revision] = self._judge(revision)
        return self._judged[revision]

    def _judge(self, revision: int) -> bool:
        old, new = (self._reader.get_historical_resolver(one) for one in (revision - 1, revision))
        permission = self._permission(revision)
        if self._strict and not _same_trailer(old, new):
            return False
        try:
            result = self._policy.apply(old, new, doc_mdp=permission)
        except (SuspiciousModification, PdfReadError) as error:
            log.info("increment %d refused: %s", revision, error)
            return False
        return bool(result.modification_level <= _allowed(permission)) and not self._new_empty_fields(old, new)

    def _within(self, found: EmbeddedPdfSignature) -> bool:
        result = self._policy.review_file(
            self._reader, found.signed_revision, field_mdp_spec=found.fieldmdp, doc_mdp=self._permission(found.signed_revision + 1)
        )
        return isinstance(result, DiffResult) and result.modification_level <= _allowed(found.docmdp_level)

    def _permission(self, revision: int) -> MDPPerm | None:
        """The strictest permission in force when this increment was made."""
        levels = [level for signed, level in self._levels if signed < revision]
        return min(levels, key=lambda level: level.value, default=None)

    @cached_property
    def _levels(self) -> list[tuple[int, MDPPerm]]:
        return [(one.signed_revision, one.docmdp_level) for one in self._reader.embedded_signatures if one.docmdp_level is not None]

    def _new_empty_fields(self, old: HistoricalResolver, new: HistoricalResolver) -> bool:
        """A place for one more signature, added to a signed document, would make it look unfinished."""
        before = {name for name, _, _ in enumerate_sig_fields(old)}
        added = [(name, value) for name, value, _ in enumerate_sig_fields(new) if name not in before]
        return any(value is None or (self._strict and value.get_object().get("/Type") != "/DocTimeStamp") for _name, value in added)


def _same_trailer(old: HistoricalResolver, new: HistoricalResolver) -> bool:
    """Root and description are the same objects: an increment may otherwise bring to light what lay hidden in the signed bytes."""
    return all(_entry(old, key) == _entry(new, key) for key in ("/Root", "/Info"))


def _entry(state: HistoricalResolver, key: str) -> object:
    trailer = state.trailer_view
    held = trailer.raw_get(key) if key in trailer else None
    return (held.idnum, held.generation) if isinstance(held, IndirectObject) else held


def _allowed(permission: MDPPerm | None) -> ModificationLevel:
    """Filling a form is all that may happen to a signed document; annotations, which pyHanko allows by default, are not."""
    return ModificationLevel.LTA_UPDATES if permission == MDPPerm.NO_CHANGES else ModificationLevel.FORM_FILLING
