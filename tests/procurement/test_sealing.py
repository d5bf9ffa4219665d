import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement import sealing

CONTENT = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), CONTENT))
def test_canonical_bytes_do_not_depend_on_the_order_of_keys(content):
    turned = dict(reversed(content.items()))

    assert sealing.canonical(turned) == sealing.canonical(content)
    assert json.loads(sealing.canonical(content)) == content


def test_digest_is_that_of_the_canonical_bytes():
    # printf '[{"kpi":"可用率","minimum":"0.9"}]' | sha256sum
    expected = "ffcc50e3d60b01f4862e5693d89d3d1e7ccdabff7fb7e48e9a998c6545528afd"

    assert sealing.digest([{"minimum": "0.9", "kpi": "可用率"}]) == expected


@pytest.mark.parametrize("content", [{"a": 0.1}, {"a": [1, {"b": 2.0}]}, [0.5]])
def test_floats_have_no_canonical_form(content):
    with pytest.raises(TypeError, match="decimal strings"):
        sealing.canonical(content)
