"""Luck against numpy's own Philox, and its distributions against their moments."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from zaslin import draws
from zaslin.jit import kernel

WORD = st.integers(0, 2**64 - 1)


@settings(max_examples=50)
@given(WORD, WORD, WORD, WORD)
def test_philox_equals_numpys_whose_counter_starts_one_lower(seed, replicate, entity, word):
    """numpy.random.Philox counts up before it draws, so its counter must start one lower (256-bit, with borrow)."""
    counter = (entity + (word << 64) - 1) % 2**256
    parts = np.array([(counter >> (64 * k)) & (2**64 - 1) for k in range(4)], dtype=np.uint64)
    numpys = np.random.Philox(counter=parts, key=np.array([seed, replicate], dtype=np.uint64)).random_raw(4)
    ours = draws.philox(np.uint64(seed), np.uint64(replicate), np.uint64(entity), np.uint64(word))
    assert [int(v) for v in ours] == [int(v) for v in numpys]


@kernel
def _high(a, b):
    return draws._high(a, b)


@settings(max_examples=200)
@given(WORD, WORD)
def test_the_upper_half_of_a_product_is_pythons_own(a, b):
    """Both ways: the machine's wide multiplication, and halves of words where nothing is compiled."""
    with np.errstate(over="ignore"):
        assert int(draws._high_by_halves(np.uint64(a), np.uint64(b))) == (a * b) >> 64
        assert int(_high(np.uint64(a), np.uint64(b))) == (a * b) >> 64


@kernel
def _fill(kind, out):
    for i in range(len(out)):
        if kind == 0:
            out[i] = draws.uniform(np.uint64(7), np.uint64(3), np.uint64(99), 5, i)
        elif kind == 1:
            out[i] = draws.normal(np.uint64(7), np.uint64(3), np.uint64(99), 5, i)
        else:
            out[i] = draws.exponential(np.uint64(7), np.uint64(3), np.uint64(99), 5, i)


def test_uniforms_fill_the_open_interval_evenly():
    """Mean 1/2 and variance 1/12; tolerances are four standard errors of 40,000 draws."""
    out = np.empty(40_000)
    _fill(0, out)
    assert out.min() > 0.0 and out.max() < 1.0
    assert abs(out.mean() - 0.5) < 4 * np.sqrt(1 / 12 / len(out))
    assert abs(out.var() - 1 / 12) < 4 * np.sqrt(1 / 180 / len(out))


def test_normals_have_mean_zero_and_variance_one():
    """Moments of the standard normal: 0, 1, skewness 0; four standard errors of 40,000 draws."""
    out = np.empty(40_000)
    _fill(1, out)
    assert abs(out.mean()) < 4 / np.sqrt(len(out))
    assert abs(out.var() - 1.0) < 4 * np.sqrt(2 / len(out))
    assert abs((out**3).mean()) < 4 * np.sqrt(15 / len(out))


def test_exponentials_have_mean_one_and_no_memory():
    """Mean 1; P(X > 2) = e^-2; four standard errors of 40,000 draws."""
    out = np.empty(40_000)
    _fill(2, out)
    assert out.min() > 0.0
    assert abs(out.mean() - 1.0) < 4 / np.sqrt(len(out))
    p = np.exp(-2.0)
    assert abs((out > 2.0).mean() - p) < 4 * np.sqrt(p * (1 - p) / len(out))


def test_each_word_of_the_key_changes_the_draw():
    """Law: another seed, replicate, entity, purpose or index is other luck."""
    one = np.uint64(1)
    words = {
        draws.uniform(one, one, one, 1, 0), draws.uniform(np.uint64(2), one, one, 1, 0), draws.uniform(one, np.uint64(2), one, 1, 0),
        draws.uniform(one, one, np.uint64(2), 1, 0), draws.uniform(one, one, one, 2, 0), draws.uniform(one, one, one, 1, 1),
        draws.uniform(one, one | draws.BLOCK_FLAG, one, 1, 0),
    }  # fmt: skip
    assert len(words) == 7


def test_purposes_are_numbers_of_their_own():
    """Two purposes with one number would share their luck."""
    names = [n for n in dir(draws) if n.isupper() and not n.startswith("_") and n != "BLOCK_FLAG"]
    numbers = [getattr(draws, n) for n in names]
    assert len(set(numbers)) == len(numbers) >= 24


def test_an_entity_is_named_not_numbered():
    """Record: the id of a name is part of the results' bytes (BLAKE2b of "kh101-017", 8 bytes, little endian)."""
    import hashlib

    assert draws.entity_id("kh101-017") == int.from_bytes(hashlib.blake2b(b"kh101-017", digest_size=8).digest(), "little")
    assert draws.entity_id("kh101-017") != draws.entity_id("kh101-018")
