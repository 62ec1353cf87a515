"""Data sets: what another writer wrote comes back, and nothing that is damaged comes back at all."""

import errno
import gzip
import hashlib
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import zotheory as zo
from zotheory.problems.datasets import Images, cifar10, digits, mnist, pooled, text

STEMS = {"train": 7, "t10k": 3}  # parts of MNIST, and how many images the tests give each
SUMS = {  # MD5 of MNIST's unpacked files, as the files of LeCun, Cortes and Burges have them
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}


# --- writers, entry by entry ------------------------------------------------------------------------------------------


def idx(array):
    """The bytes of an IDX file of unsigned bytes."""
    parts = [bytes([0, 0, 8, array.ndim]), *(n.to_bytes(4, "big") for n in array.shape)]
    return b"".join([*parts, *(int(entry).to_bytes(1, "big") for entry in array.reshape(-1))])


def mnist_files(seed=0):
    """The files of a small MNIST by name, and their arrays."""
    rng, files, arrays = np.random.default_rng(seed), {}, []
    for part, n in STEMS.items():
        pixels, labels = rng.integers(0, 256, (n, 28, 28)), rng.integers(0, 10, n)
        files |= {f"{part}-images-idx3-ubyte": idx(pixels), f"{part}-labels-idx1-ubyte": idx(labels)}
        arrays += [pixels, labels]
    return files, arrays


def record(label, image):
    order = ((row, column, colour) for colour in range(3) for row in range(32) for column in range(32))
    return bytes([label, *(int(image[at]) for at in order)])


def cifar_files(n=2, seed=0):
    """The files of a small CIFAR-10 by name, and its images and labels in the order of the batches."""
    rng, names = np.random.default_rng(seed), [*(f"data_batch_{i}.bin" for i in range(1, 6)), "test_batch.bin"]
    pixels, labels = rng.integers(0, 256, (6 * n, 32, 32, 3)), rng.integers(0, 10, 6 * n)
    records = [record(label, image) for label, image in zip(labels, pixels, strict=True)]
    return {name: b"".join(records[i * n : (i + 1) * n]) for i, name in enumerate(names)}, pixels, labels


def written(folder, files):
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def assert_same(images, arrays):
    found = (images.train[..., 0], images.train_labels, images.test[..., 0], images.test_labels)
    for mine, theirs in zip(found, arrays, strict=True):
        assert np.array_equal(mine, theirs)


MNIST, ARRAYS = mnist_files()
CIFAR, PIXELS, LABELS = cifar_files()


# --- what is read -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["{}", "{}.gz", "dotted", "dotted.gz"])
@pytest.mark.parametrize("packed", [False, True])
def test_mnist_comes_back_under_every_name(tmp_path, name, packed):
    """Also where the name does not say whether the contents are packed."""
    files = {
        name.replace("dotted", key.replace("-idx", ".idx")).format(key): gzip.compress(data) if packed else data
        for key, data in MNIST.items()
    }
    images = mnist(written(tmp_path, files))
    assert_same(images, ARRAYS)
    assert images.train.dtype == np.uint8
    assert images.train_labels.dtype == np.int64
    assert images.train.shape == (7, 28, 28, 1)
    assert images.train.flags.writeable
    assert images.white == 255


@pytest.mark.parametrize("inner", ["", "cifar-10-batches-bin"])
def test_cifar_comes_back(tmp_path, inner):
    written(tmp_path / inner, CIFAR)
    images = cifar10(str(tmp_path))
    assert np.array_equal(np.concatenate([images.train, images.test]), PIXELS)
    assert np.array_equal(np.concatenate([images.train_labels, images.test_labels]), LABELS)
    assert (images.train.dtype, images.train_labels.dtype) == (np.uint8, np.int64)


def test_folders_come_from_the_environment_unless_they_are_given(tmp_path, monkeypatch):
    other, others = mnist_files(seed=1)
    first, second = written(tmp_path / "a", MNIST), written(tmp_path / "b", other)
    monkeypatch.setenv("ZOTHEORY_MNIST", str(first))
    assert_same(mnist(), ARRAYS)
    assert_same(mnist(second), others)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert_same(mnist("~/b"), others)
    monkeypatch.setenv("ZOTHEORY_CIFAR10", str(written(tmp_path / "c", CIFAR)))
    assert np.array_equal(cifar10().test, PIXELS[-2:])
    (tmp_path / "d.txt").write_text("abcab", encoding="utf-8")
    monkeypatch.setenv("ZOTHEORY_TEXT", str(tmp_path / "d.txt"))
    assert text(held_out=0.5).spelled(text(held_out=0.5).held_out) == "cab"


def test_digits_are_those_of_scikit_learn():
    found = pytest.importorskip("sklearn.datasets").load_digits()
    images = digits()
    assert images.train.shape == (1397, 8, 8, 1)
    assert images.test.shape == (400, 8, 8, 1)
    assert images.train.max() == images.white == 16
    ours = np.concatenate([images.train, images.test]).reshape(-1, 64)
    labels = np.concatenate([images.train_labels, images.test_labels])
    mine = sorted(map(tuple, np.column_stack([ours, labels]).tolist()))
    assert mine == sorted(map(tuple, np.column_stack([found.data, found.target]).astype(int).tolist()))
    assert np.bincount(images.test_labels).min() > 25  # the rows of the file are not in the order of a shuffle
    assert images.test_labels[:20].tolist() == [1, 0, 9, 4, 2, 3, 3, 4, 6, 6, 5, 9, 9, 2, 6, 5, 4, 6, 9, 1]  # for good


def test_digits_say_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(
        ModuleNotFoundError, match="digits needs sklearn, of the extra data: python -m pip install scikit-learn"
    ):
        digits()


def test_a_text_is_numbers_and_back(tmp_path):
    words = "Größe 10 µm\r\n\N{GRINNING FACE} x" * 7
    file = tmp_path / "text"
    for data in (words.encode(), b"\xef\xbb\xbf" + words.encode(), gzip.compress(words.encode())):
        file.write_bytes(data)
        found = text(file, held_out=0.25)
        assert found.spelled(found.train) + found.spelled(found.held_out) == words
        assert len(found.train) == int(0.75 * len(words))
        assert found.train.dtype == np.int32
        assert list(found.alphabet) == sorted(set(words))
    with pytest.raises(IndexError, match="must be 0 at least, got -1"):
        found.spelled([0, -1])
    with pytest.raises(IndexError):
        found.spelled([len(found.alphabet)])


# --- what is wrong ----------------------------------------------------------------------------------------------------

READERS = {"ZOTHEORY_MNIST": mnist, "ZOTHEORY_CIFAR10": cifar10, "ZOTHEORY_TEXT": text}
WANTS = {"ZOTHEORY_MNIST": "t10k-labels-idx1-ubyte", "ZOTHEORY_CIFAR10": "test_batch.bin", "ZOTHEORY_TEXT": "UTF-8"}


@pytest.mark.parametrize("variable", READERS)
def test_without_a_place_the_error_says_what_to_set(variable, monkeypatch, tmp_path):
    monkeypatch.delenv(variable, raising=False)
    for nowhere in (None, ""):
        with pytest.raises(ValueError, match=f"must be given, or .* {variable} be set: to a .*{WANTS[variable]}"):
            READERS[variable](nowhere)
    with pytest.raises(FileNotFoundError, match=f"nowhere is no f.*{WANTS[variable]}"):
        READERS[variable](tmp_path / "nowhere")
    monkeypatch.setenv(variable, "")
    with pytest.raises(ValueError, match=f"must be given, or .* {variable} be set: to a .*{WANTS[variable]}"):
        READERS[variable]()
    monkeypatch.setenv(variable, str(tmp_path / "nowhere"))
    with pytest.raises(FileNotFoundError, match=f"nowhere is no f.*, or {variable}, must name a .*{WANTS[variable]}"):
        READERS[variable]()
    with pytest.raises(TypeError, match=r"must be a string or a PathLike.*, got 3"):
        READERS[variable](3)
    (tmp_path / "nowhere").touch() if variable != "ZOTHEORY_TEXT" else (tmp_path / "nowhere").mkdir()
    with pytest.raises(FileNotFoundError, match=f"nowhere is no f.*{WANTS[variable]}"):
        READERS[variable](tmp_path / "nowhere")


@pytest.mark.parametrize(("files", "read"), [(MNIST, mnist), (CIFAR, cifar10)], ids=["mnist", "cifar10"])
def test_a_missing_file_is_named(files, read, tmp_path):
    for name in files:
        written(tmp_path, files)
        (tmp_path / name).unlink()
        said = f"{tmp_path} has no file {name}.*: folder, or ZOTHEORY_(MNIST|CIFAR10), must name a folder with"
        with pytest.raises(FileNotFoundError, match=said):
            read(tmp_path)


@pytest.mark.parametrize(("files", "read"), [(MNIST, mnist), (CIFAR, cifar10)], ids=["mnist", "cifar10"])
def test_a_file_that_cannot_be_read_is_named(files, read, tmp_path, monkeypatch):
    def broken(path):
        raise OSError(errno.EIO, "Input/output error", str(path))

    monkeypatch.setattr(Path, "read_bytes", broken)
    with pytest.raises(OSError, match=f"Input/output error: .*{next(iter(files))}"):
        read(written(tmp_path, files))


IMAGES, ANSWERS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
WRONG = {  # a name and contents instead, and what is said
    "cut": (IMAGES, MNIST[IMAGES][:-1], r"shape \(7, 28, 28\), which with its header is 5504 bytes, and holds 5503"),
    "more": (IMAGES, MNIST[IMAGES] + b"\0", "is 5504 bytes, and holds 5505: fetch it again"),
    "header": (IMAGES, MNIST[IMAGES][:15], "is cut short: it holds 15 bytes, and its header alone has 16"),
    "empty": (ANSWERS, b"", "is cut short: it holds 0 bytes, and its header alone has 8"),
    "no labels": (ANSWERS, idx(np.zeros(0)), r"an array of shape \(0,\)"),
    "swapped": (IMAGES, MNIST[ANSWERS] + bytes(9), "begins with the number 2049, not with 2051"),
    "swapped back": (ANSWERS, MNIST[IMAGES], "begins with the number 2051, not with 2049"),
    "floats": (IMAGES, b"\0\0\r\3" + MNIST[IMAGES][4:], "begins with the number 3331, not with 2051"),
    "a page": (IMAGES, b"<!DOCTYPE html><html>404</html>", "begins with the number 1008813135, not with 2051"),
    "a square": (IMAGES, idx(np.zeros((7, 8, 8))), r"must hold images of 28 x 28 pixels, got \(8, 8\)"),
    "long": (IMAGES, b"\0\0\x08\3" + b"\xff" * 12 + bytes(99), r"\(4294967295, 4294967295, 4294967295\), which"),
    "huge and empty": (IMAGES, b"\0\0\x08\3" + b"\xff" * 8 + bytes(4), r"4294967295, 0\), which"),
    "label": (ANSWERS, idx(np.array([1, 2, 10, 3, 4, 5, 11])), "must hold labels from 0 to 9, got 10 as label 2"),
    "fewer labels": (ANSWERS, idx(np.zeros(6)), f"holds 6 labels for the 7 images of .*{IMAGES}"),
    "cut gz": (IMAGES, gzip.compress(MNIST[IMAGES])[:-1], r"is cut short or damaged \(Compressed file ended before"),
    "gz header": (IMAGES, gzip.compress(MNIST[IMAGES])[:2], r"is cut short or damaged \(.*\): fetch it again"),
    "gz sum": (IMAGES, gzip.compress(MNIST[IMAGES])[:-8] + bytes(8), r"is cut short or damaged \(CRC check failed"),
    "gz middle": (IMAGES, gzip.compress(MNIST[IMAGES])[:10] + b"\7" * 99, r"is cut short or damaged \(Error -3"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_no_mnist_is_refused(case, tmp_path):
    name, data, said = WRONG[case]
    with pytest.raises(ValueError, match=rf"{name}.* {said}"):
        mnist(written(tmp_path, MNIST | {name: data}))


BATCH = CIFAR["data_batch_2.bin"]
BATCHES = {
    "cut": (BATCH[:-1], "data_batch_2.bin holds 6145 bytes, which is no number of records of 3073 bytes"),
    "empty": (b"", "data_batch_2.bin holds 0 bytes, which is no number"),
    "a record less": (BATCH[:3073], "equally many records, 10,000 in full, got 2 in .*1.bin, 1 in data_batch_2.bin, 2"),
    "label": (BATCH[:3073] + b"\x0a" + BATCH[3074:], "must hold labels from 0 to 9, got 10 as label 1"),
}


@pytest.mark.parametrize("case", BATCHES)
def test_what_is_no_cifar_is_refused(case, tmp_path):
    data, said = BATCHES[case]
    with pytest.raises(ValueError, match=said):
        cifar10(written(tmp_path, CIFAR | {"data_batch_2.bin": data}))


@given(st.sampled_from(sorted(MNIST)), st.booleans(), st.data())
def test_a_file_of_mnist_cut_anywhere_is_refused(tmp_path_factory, name, packed, data):
    whole = gzip.compress(MNIST[name]) if packed else MNIST[name]
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    with pytest.raises(ValueError, match=f"{name}.*(cut short|fetch it again)"):
        mnist(written(tmp_path_factory.mktemp("cut"), MNIST | {name: cut}))


@given(st.sampled_from(sorted(CIFAR)), st.integers(0, len(BATCH) - 1))
def test_a_batch_of_cifar_cut_anywhere_is_refused(tmp_path_factory, name, length):
    with pytest.raises(ValueError, match=name):
        cifar10(written(tmp_path_factory.mktemp("cut"), CIFAR | {name: CIFAR[name][:length]}))


@given(st.integers(0, len(MNIST[ANSWERS]) - 1), st.integers(0, 255))
def test_another_byte_is_an_error_or_another_label(tmp_path_factory, at, byte):
    """A header that is changed is never read as if it were whole; a label may be changed to a label."""
    changed = bytearray(MNIST[ANSWERS])
    changed[at] = byte
    folder = written(tmp_path_factory.mktemp("changed"), MNIST | {ANSWERS: bytes(changed)})
    if bytes(changed) == MNIST[ANSWERS] or (at >= 8 and byte < 10):
        assert mnist(folder).train_labels.tolist() == list(changed[8:])
    else:
        with pytest.raises(ValueError, match=ANSWERS):
            mnist(folder)


def test_what_is_no_text_is_refused(tmp_path):
    file = tmp_path / "text"
    file.write_bytes("Größe".encode("latin-1"))
    with pytest.raises(ValueError, match=f"{file} must be a text in UTF-8: .* position 2"):
        text(file)
    file.write_bytes(gzip.compress(b"abc" * 9)[:-1])
    with pytest.raises(ValueError, match=f"{file} is cut short or damaged"):
        text(file)
    for short in (b"", b"a"):
        file.write_bytes(short)
        with pytest.raises(ValueError, match=f"held_out must leave .* 0.1 of the {len(short)} in {file}"):
            text(file)
    for share in (0, 1, np.nan):
        with pytest.raises(ValueError, match="held_out must be"):
            text(file, held_out=share)


# --- floats and smaller images ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float16", np.float32, np.dtype("float64")])
def test_floats_are_shares_of_white_less_the_mean_of_each_colour(dtype):
    images = Images(PIXELS[:8].astype(np.uint8), LABELS[:8], PIXELS[8:].astype(np.uint8), LABELS[8:])
    near = {"rtol": 0, "atol": 4 * np.finfo(dtype).eps}
    scaled, centred = images.scaled(dtype), images.centred(dtype)
    assert {part.dtype for x in (scaled, centred) for part in (x.train, x.test)} == {np.dtype(dtype)}
    means = [sum(int(value) for value in PIXELS[:8, ..., c].flat) / (8 * 1024 * 255) for c in range(3)]
    np.testing.assert_allclose(scaled.test, PIXELS[8:] / 255, **near)
    np.testing.assert_allclose(centred.train, PIXELS[:8] / 255 - means, **near)
    np.testing.assert_allclose(centred.test, PIXELS[8:] / 255 - means, **near)
    np.testing.assert_allclose(centred.centred(dtype).test, centred.test, **near)
    np.testing.assert_allclose(centred.pooled(4).test, images.pooled(4).centred(dtype).test, **near)
    assert centred.train_labels is images.train_labels


def test_a_block_is_averaged():
    images = np.random.default_rng(0).integers(0, 256, (2, 3, 12, 8, 2))
    small = pooled(images.astype(np.uint8), 4)
    assert small.shape == (2, 3, 3, 2, 2)
    assert small.dtype == np.float64
    for i, j in np.ndindex(3, 2):
        block = [images[..., 4 * i + a, 4 * j + b, :] for a in range(4) for b in range(4)]
        assert np.array_equal(small[..., i, j, :], sum(block) / 16)
    assert np.array_equal(pooled(images, 1), images)
    assert pooled(images.astype(np.float32), 2).dtype == np.float32


def test_images_that_do_not_fit_are_refused():
    train, labels = np.zeros((5, 6, 6, 1), np.uint8), np.arange(5)
    good = {"train": train, "train_labels": labels, "test": train[:2], "test_labels": labels[:2]}
    Images(**good)
    for change, kind, said in (
        ({"train": train[..., 0]}, ValueError, r"train must have shape \(n, H, W, C\), .*got shape \(5, 6, 6\)"),
        ({"test": train[:0], "test_labels": labels[:0]}, ValueError, "test must have shape .* none of them 0"),
        (
            {"test": train[:2, :5]},
            ValueError,
            r"test must have shape \(n, 6, 6, 1\), as train, got shape \(2, 5, 6, 1\)",
        ),
        ({"train": train.tolist()}, TypeError, "train must be an array of numbers of NumPy, got "),
        ({"test": train[:2].astype(str)}, TypeError, "test must be an array of numbers of NumPy, got dtype <U"),
        ({"train_labels": labels[:4]}, ValueError, "train_labels must be 5 numbers, 0 at least, one for each"),
        ({"train_labels": labels - 1}, ValueError, "train_labels must be 5 numbers, 0 at least, one for each"),
        ({"test_labels": np.ones(2)}, TypeError, "test_labels must be an array of whole numbers, got "),
        ({"white": 0}, ValueError, "white must be positive, got 0"),
    ):
        with pytest.raises(kind, match=said):
            Images(**(good | change))
    for dtype in (int, "uint8", "no type", None, object):
        with pytest.raises(TypeError, match="dtype must be a floating type, such as 'float32', got "):
            Images(**good).centred(dtype)
    for factor, kind, said in ((4, ValueError, "factor must divide the height 6 and the width 6 of an image, got 4"),
                               (0, ValueError, "factor must be"), (2.0, TypeError, "factor must be")):  # fmt: skip
        with pytest.raises(kind, match=said):
            Images(**good).pooled(factor)
    with pytest.raises(ValueError, match=r"pixels must have shape \(..., H, W, C\), got shape \(6, 6\)"):
        pooled(train[0, ..., 0], 2)


# --- where the data are at hand ---------------------------------------------------------------------------------------


@pytest.mark.skipif("ZOTHEORY_MNIST" not in os.environ, reason="ZOTHEORY_MNIST is not set")
def test_mnist_is_the_published_one():
    """The files that an independent writer makes of the arrays are the published ones, bit by bit."""
    images = mnist()
    header = {3: bytes.fromhex("00000803"), 1: bytes.fromhex("00000801")}
    for part, pixels, labels in (("train", images.train, images.train_labels),
                                 ("t10k", images.test, images.test_labels)):  # fmt: skip
        for kind, array in (("images-idx3", pixels[..., 0]), ("labels-idx1", labels.astype(np.uint8))):
            data = header[array.ndim] + np.array(array.shape, ">u4").tobytes() + array.tobytes()
            assert hashlib.md5(data).hexdigest() == SUMS[f"{part}-{kind}-ubyte"]


@pytest.mark.skipif("ZOTHEORY_CIFAR10" not in os.environ, reason="ZOTHEORY_CIFAR10 is not set")
def test_cifar_is_whole():
    images = cifar10()
    assert images.train.shape == (50_000, 32, 32, 3)
    assert np.bincount(images.train_labels).tolist() == [5000] * 10
    assert np.bincount(images.test_labels).tolist() == [1000] * 10


def test_the_readers_are_an_attribute_of_the_problems():
    assert zo.problems.datasets.mnist is mnist
    with pytest.raises(AttributeError, match=r"zotheory\.problems' has no attribute 'nothing'"):
        zo.problems.nothing  # noqa: B018
