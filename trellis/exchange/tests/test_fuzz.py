"""Whatever bytes come, the answer is a preview or a sentence."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trellis.conduct.refusals import Refused
from trellis.exchange import actions, samples
from trellis.exchange.annex_a.samples import LIST_1, USUAL, of_strangers
from trellis.exchange.kinds import Brought
from trellis.exchange.models import ImportKind, ImportState
from trellis.exchange.sample_workbooks import as_text
from trellis.exchange.ssda903 import samples as returns

SMALL = settings(
    max_examples=80, derandomize=True, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip


@pytest.mark.parametrize("kind", ImportKind.values)
@SMALL
@given(seed=st.integers(0, 10**6), times=st.integers(1, 30))
def test_a_spoiled_list_is_a_preview_or_a_sentence(ours, kind, seed, times):
    lists = samples.make(seed=4)
    content = samples.mutated(lists.schools if kind == ImportKind.SCHOOLS else lists.week_1, random.Random(seed), times)
    try:
        made = actions.preview_import(
            kind=kind, files=[Brought("spoiled.csv", content)], virtual_school=ours.virtual_school, by=ours.bea
        )
    except Refused as refusal:
        assert refusal.sentence
    else:
        assert made.state in {ImportState.TO_BE_MAPPED, ImportState.PREVIEWED, ImportState.REFUSED}


@SMALL
@given(content=st.binary(max_size=300))
def test_any_bytes_are_a_preview_or_a_sentence(ours, content):
    with pytest.raises(Refused):
        actions.preview_import(
            kind=ImportKind.PUPIL_LIST, files=[Brought("x", content)], virtual_school=ours.virtual_school, by=ours.bea
        )


@pytest.mark.parametrize("shape", ["episodes", "header", "oc2", "xml"])
@SMALL
@given(seed=st.integers(0, 10**6), times=st.integers(1, 30))
def test_a_spoiled_return_is_a_preview_or_a_sentence(ours, shape, seed, times):
    made = returns.make(seed=4, children=6)
    files = [made.as_xml()] if shape == "xml" else [made.file(name) for name in ("episodes", "header", "oc2")]
    at = ["episodes", "header", "oc2", "xml"].index(shape) % len(files)
    files[at] = Brought(files[at].name, samples.mutated(files[at].content, random.Random(seed), times))
    try:
        brought = actions.preview_import(
            kind=ImportKind.SSDA903, files=files, virtual_school=ours.virtual_school, by=ours.bea
        )
    except Refused as refusal:
        assert refusal.sentence
    else:
        assert brought.state == ImportState.PREVIEWED


@SMALL
@given(seed=st.integers(0, 10**6), times=st.integers(1, 30))
def test_a_spoiled_annex_a_is_a_preview_or_a_sentence(ours, seed, times):
    lines = [LIST_1, *([(USUAL | row).get(heading, "") for heading in LIST_1] for row in of_strangers(6))]
    content = samples.mutated(as_text(lines), random.Random(seed), times)
    try:
        brought = actions.preview_import(
            kind=ImportKind.ANNEX_A,
            files=[Brought("list_1.csv", content)],
            virtual_school=ours.virtual_school,
            by=ours.bea,
        )
    except Refused as refusal:
        assert refusal.sentence
    else:
        assert brought.state == ImportState.PREVIEWED
