"""Who may set and who may read each kind of policy."""

import pytest

from trellis.organisations import policies
from trellis.organisations.models import Kind
from trellis.organisations.queries import keepers
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    return world.ours()


def keepers_by_name(ours):
    vs, services = ours.virtual_school, ours.services
    return {"VS": vs, "EPS": services["EPS"], "SEMHL": services["SEMHL"], "authority": vs.authority}


SETS = {"VS": {"vic", "bea"}, "EPS": {"vic", "bea"}, "SEMHL": {"vic", "bea", "lee"}, "authority": set()}
VIRTUAL_SCHOOL = {"vic", "ada", "otis", "bea", "root"}
READS = {"VS": VIRTUAL_SCHOOL, "EPS": VIRTUAL_SCHOOL | {"eve"}, "SEMHL": VIRTUAL_SCHOOL | {"lee"},
         "authority": VIRTUAL_SCHOOL}  # fmt: skip


@pytest.mark.parametrize("name", SETS)
def test_set_policy_is_for_head_business_officer_and_the_services_lead(ours, name):
    organisation = keepers(ours.vic).get(pk=keepers_by_name(ours)[name].pk)
    kinds = policies.kept_by(organisation.kind)
    assert kinds
    for kind in kinds:
        assert {who for who, user in ours.people.items() if kind.who_sets(user, organisation)} == SETS[name]


@pytest.mark.parametrize("name", READS)
def test_read_policies_is_for_those_who_work_there_and_the_virtual_school(ours, name):
    organisation = keepers_by_name(ours)[name]
    assert {who for who, user in ours.people.items() if keepers(user).filter(pk=organisation.pk)} == READS[name]


def test_the_other_authority_neither_reads_nor_sets(ours):
    twin = world.twin()
    for organisation in keepers(ours.vic):
        for user in twin.people.values():
            assert not keepers(user).filter(pk=organisation.pk).exists()
            assert not [k for k in policies.kept_by(organisation.kind) if k.who_sets(user, organisation)]


def test_every_policy_class_is_kept_by_page_but_a_schools_own():
    from trellis.organisations.models import DatedPolicy

    kept = {kind.model.__name__ for kind in policies.kinds()}
    assert {model.__name__ for model in DatedPolicy.__subclasses__()} - kept == {"TermCountPolicy"}
    assert {kind.kept_by for kind in policies.kinds()} == {Kind.VIRTUAL_SCHOOL, Kind.SERVICE, Kind.AUTHORITY}


def test_every_field_of_every_policy_is_settled_and_reads_as_a_sentence():
    own = {"id", "organisation", "during", "agreed_by", "source"}
    for kind in policies.kinds():
        assert {one.name for one in kind.settles} == {f.name for f in kind.model._meta.local_fields} - own, kind
        for sentence in kind.sentences(kind.model()):
            assert sentence[0].isupper() or sentence[0].isdigit(), sentence
            assert sentence.endswith("."), sentence


def test_what_a_policy_says_can_be_typed_back():
    """The form opened and sent unchanged says the same again."""
    for kind in policies.kinds():
        for one in kind.asked:
            field, kept = one.field(), getattr(kind.model(), one.name)
            shown = field.prepare_value(one.typed(kept))
            assert field.clean(shown) == kept, (kind.slug, one.name)
