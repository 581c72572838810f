"""ONNX files are looked through before an engine gets them; hostile ones go no further."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper
from onnx.external_data_helper import set_external_data

from camwatch.detect import graph_files
from camwatch.detect.catalogue import read_catalogue
from camwatch.detect.onnx_file import MOST_FIELDS, Port, examine
from camwatch.detect.protobuf import DamagedMessage
from camwatch.paths import bundled_models
from tests.detect.own_models import good_model, onnx_model, part, yolov8_outputs

ELSEWHERE = "weights.bin"


def refused(data: bytes) -> str:
    with pytest.raises(DamagedMessage) as caught:
        examine(data)
    return str(caught.value)


def external(name: str = "stolen") -> Any:
    """Return a tensor whose values are in another file."""
    tensor = numpy_helper.from_array(np.zeros(4, np.float32), name)
    set_external_data(tensor, ELSEWHERE)
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    return tensor


# ---------------------------------------------------------------- what is in a good one


def test_inputs_and_outputs_are_read() -> None:
    model = onnx_model(
        {"b": np.zeros((1, 2), np.float32), "a": np.zeros((1, 3), np.int64)},
        shape=(1, 3, "height", 320),
        element=TensorProto.FLOAT16,
    )
    summary = examine(model.SerializeToString())
    assert summary.inputs == (Port("images", (1, 3, None, 320), TensorProto.FLOAT16),)
    assert summary.outputs == (Port("b", (1, 2), 1), Port("a", (1, 3), 7))
    assert summary.precision == "float16"


def test_weights_that_are_listed_as_inputs_are_none() -> None:
    model = good_model()
    model.graph.input.append(helper.make_tensor_value_info("nought", TensorProto.FLOAT, ()))
    assert [port.name for port in examine(model.SerializeToString()).inputs] == ["images"]


@pytest.mark.parametrize("entry", read_catalogue(bundled_models()).models, ids=lambda one: one.file)
def test_the_bundled_models_pass(entry: Any) -> None:
    summary = examine((bundled_models() / entry.file).read_bytes())
    assert [port.name for port in summary.outputs] == ["s8", "s16", "s32"]
    assert summary.precision == entry.precision


# ---------------------------------------------------------------- weights in other files


def in_an_initialiser(model: Any) -> None:
    model.graph.initializer.append(external())


def in_a_constant(model: Any) -> None:
    model.graph.node.append(helper.make_node("Constant", [], ["c"], value=external()))


def in_a_list_of_tensors(model: Any) -> None:
    node = helper.make_node("Own", [], ["c"], domain="own")
    node.attribute.append(helper.make_attribute("tensors", [external()]))
    model.graph.node.append(node)


def inner_graph() -> Any:
    output = helper.make_tensor_value_info("stolen", TensorProto.FLOAT, (4,))
    return helper.make_graph([], "inner", [], [output], [external()])


def in_a_branch(model: Any) -> None:
    model.graph.node.append(
        helper.make_node("If", ["x"], ["c"], then_branch=inner_graph(), else_branch=inner_graph())
    )


def in_a_list_of_graphs(model: Any) -> None:
    node = helper.make_node("Own", [], ["c"], domain="own")
    node.attribute.append(helper.make_attribute("graphs", [inner_graph()]))
    model.graph.node.append(node)


def in_a_sparse_weight(model: Any) -> None:
    indices = numpy_helper.from_array(np.zeros(4, np.int64), "indices")
    model.graph.sparse_initializer.append(helper.make_sparse_tensor(external(), indices, [9]))


def in_a_function(model: Any) -> None:
    node = helper.make_node("Constant", [], ["c"], value=external())
    model.functions.append(
        helper.make_function("own", "Stolen", [], ["c"], [node], model.opset_import)
    )


def in_a_default_of_a_function(model: Any) -> None:
    in_a_function(model)
    del model.functions[0].node[:]
    model.functions[0].attribute_proto.append(helper.make_attribute("weights", external()))


def in_a_training_step(model: Any) -> None:
    model.training_info.add().initialization.CopyFrom(inner_graph())


def only_by_its_place(model: Any) -> None:
    tensor = numpy_helper.from_array(np.zeros(4, np.float32), "stolen")
    tensor.data_location = TensorProto.EXTERNAL
    model.graph.initializer.append(tensor)


def only_by_its_name(model: Any) -> None:
    tensor = external()
    tensor.data_location = TensorProto.DEFAULT
    model.graph.initializer.append(tensor)


@pytest.mark.parametrize(
    "hide",
    [
        in_an_initialiser,
        in_a_constant,
        in_a_list_of_tensors,
        in_a_branch,
        in_a_list_of_graphs,
        in_a_sparse_weight,
        in_a_function,
        in_a_default_of_a_function,
        in_a_training_step,
        only_by_its_place,
        only_by_its_name,
    ],
)
def test_weights_in_another_file_are_found_wherever_they_hide(hide: Callable[[Any], None]) -> None:
    model = good_model()
    assert examine(model.SerializeToString())
    hide(model)
    assert "another file" in refused(model.SerializeToString())


def test_an_operator_that_reads_files_is_refused() -> None:
    model = good_model()
    model.graph.node.append(
        helper.make_node("EPContext", [], ["c"], domain="com.microsoft", ep_cache_context="/x")
    )
    assert "EPContext" in refused(model.SerializeToString())


def test_a_field_number_that_others_would_cut_short_is_refused() -> None:
    # 13, the place of other files' names, for whoever keeps 32 bits only.
    key = (13 << 3 | 2) + (1 << 32)
    varint = bytes([key & 0x7F | 0x80, *(key >> s & 0x7F | 0x80 for s in (7, 14, 21)), key >> 28])
    tensor = varint + b"\x02hi"
    data = good_model().SerializeToString() + part(7, part(5, tensor))
    assert "proper number" in refused(data)


# ---------------------------------------------------------------- damaged and enormous ones


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_file_that_is_cut_off_is_told(share: float) -> None:
    data = good_model().SerializeToString()
    assert refused(data[: int(len(data) * share)])


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00" * 64, b"\xff" * 64, b"not a model", b"\x0b\x0c", b"\x08\x07", part(7, b"")],
)
def test_what_is_no_model_is_told(data: bytes) -> None:
    assert refused(data)


def test_noise_is_refused_and_never_breaks_the_reader() -> None:
    chance = np.random.default_rng(7)
    good = bytearray(onnx_model({"o": np.zeros((1, 5, 8), np.float32)}).SerializeToString())
    for _ in range(400):
        damaged = bytearray(good)
        for place in chance.integers(0, len(good), 5):
            damaged[place] = int(chance.integers(0, 256))
        try:
            examine(bytes(damaged))
        except DamagedMessage:
            continue


@pytest.mark.parametrize("shape", [(1, 3, 99_999, 99_999), (1, 3, 640, 4097)])
def test_an_enormous_input_is_refused(shape: tuple[int, ...]) -> None:
    model = onnx_model({"o": np.zeros((1, 2), np.float32)}, shape=shape)
    assert "asks for an input" in refused(model.SerializeToString())


def test_an_enormous_output_or_weight_is_refused() -> None:
    model = good_model()
    model.graph.output[0].type.tensor_type.shape.dim[2].dim_value = 1 << 40
    model.graph.output[0].type.tensor_type.shape.dim[1].dim_value = 1 << 31
    assert "values" in refused(model.SerializeToString())
    model = good_model()
    model.graph.initializer.append(
        TensorProto(name="big", data_type=1, dims=[1 << 20, 1 << 20], raw_data=b"")
    )
    assert "values" in refused(model.SerializeToString())


def test_graphs_within_graphs_without_end_are_refused() -> None:
    graph = part(2, "innermost")
    for _ in range(200):
        graph = part(1, part(5, part(1, "g") + part(6, graph)))
    assert "nested" in refused(part(1, 8) + part(7, graph))


def test_crumbs_are_not_read_for_ever() -> None:
    crumbs = part(14, b"") * (MOST_FIELDS + 10)
    assert "too many parts" in refused(part(1, 8) + crumbs)


SMALL: bytes = onnx_model({"o": np.zeros((1, 2), np.float32)}).SerializeToString()


def model_with(graph: bytes = b"", model: bytes = b"") -> bytes:
    """Return a good model with more fields behind it, which every reader puts together."""
    return SMALL + part(7, graph) + model


def shaped(*dims: bytes) -> bytes:
    """Return an input whose shape has these directions."""
    shape = part(2, b"".join(part(1, dim) for dim in dims))
    return part(11, part(1, "more") + part(2, part(1, part(1, 1) + shape)))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (model_with(part(5, part(1, b"\x01" * 1_000_000))), "list of more than"),
        (model_with(part(5, part(1, 1) * 40)), "directions"),
        (model_with(shaped(*[part(1, 1)] * 40)), "directions"),
        (model_with(shaped(part(1, 3), part(1, 3) + part(1, 99_999))), "asks for an input"),
        (model_with(shaped(part(1, 1 << 40))), "asks for an input"),
        (model_with(part(11, part(1, "more")) * 300), "more than 256 inputs"),
        (model_with(part(12, part(1, "\x1b[2Jgone"))), "not plain text"),
        (model_with(part(1, part(4, "A" * 5000))), "name of 5000 bytes"),
        (model_with(part(5, part(8, b"\xff\xfe"))), "not text"),
        (model_with(part(5, b"\x08" + b"\xff" * 9 + b"\x7f")), "64 bits"),
        (model_with(part(5, b"\x08" + b"\xff" * 11)), "number is cut off"),
        (model_with(b"\x2a" + b"\xff" * 9 + b"\x01"), "cut off"),
        (model_with(b"\x2b\x2c"), "unknown"),
        (model_with(model=part(14, part(1, 5) + part(2, 5))), "is a number"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_only_an_attacker_writes_is_refused(data: bytes, said: str) -> None:
    assert said in refused(data)


def test_a_file_that_is_two_kinds_at_once_is_refused() -> None:
    """ONNX Runtime goes by a mark at the fifth byte, and would run what was never looked at."""
    data = part(1, 8) + part(2, "ORTM" + "x" * 60) + good_model().SerializeToString()
    assert data[4:8] == b"ORTM"
    assert "own format" in refused(data)
    with pytest.raises(Exception, match="ORT model"):
        onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])


def test_an_input_in_pieces_is_put_together_as_the_engine_does_it() -> None:
    def typed(inner: bytes) -> bytes:
        return part(2, part(1, inner))

    def side(length: int) -> bytes:
        return part(2, part(1, part(1, length)))

    data = model_with(
        part(11, part(1, "more") + typed(part(1, 1)) + typed(side(7) + side(9)) + part(1, "last"))
    )
    merged = onnx.load_from_string(data).graph.input[1]
    assert examine(data).inputs[1] == Port("last", (7, 9), 1)
    assert merged.name == "last"
    assert [dim.dim_value for dim in merged.type.tensor_type.shape.dim] == [7, 9]


def test_the_names_of_classes_may_be_long_and_broken() -> None:
    names = b"{0: 'person', 1: 'b\xff'}" + b" " * 200_000
    classes = examine(model_with(model=part(14, part(1, "names") + part(2, names)))).classes
    assert classes[0] == "person"


# ---------------------------------------------------------------- whatever comes


def fields_of_any_kind() -> st.SearchStrategy[bytes]:
    """Draw messages within messages, of the numbers that mean something in ONNX, and others."""
    numbers = st.sampled_from([*range(1, 16), 20, 22, 23, 25, 26, 1 << 20])
    crumbs = st.one_of(
        st.builds(part, numbers, st.integers(0, (1 << 70) - 1)),
        st.builds(part, numbers, st.floats(width=32)),
        st.builds(part, numbers, st.binary(max_size=12)),
        st.builds(part, numbers, st.sampled_from(["images", "names", "EPContext", "If"])),
        st.binary(max_size=3),
    )
    return st.recursive(
        crumbs,
        lambda inner: st.builds(
            lambda number, parts: part(number, b"".join(parts)),
            numbers,
            st.lists(inner, max_size=4),
        ),
        max_leaves=20,
    )


@st.composite
def twisted(draw: st.DrawFn) -> bytes:
    """Draw a good model with pieces cut out, doubled, or overwritten."""
    data = SMALL
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 40)))
        piece = draw(st.one_of(st.just(data[start:end] * 2), st.binary(max_size=8)))
        data = data[:start] + piece + data[end:]
    return data


def told_by(read: Callable[[bytes], object], data: bytes) -> str:
    """Return what a reader has against these bytes; empty if nothing."""
    try:
        read(data)
    except DamagedMessage as error:
        return str(error)
    return ""


READERS: list[Callable[[bytes], object]] = [
    examine,
    graph_files.check_caffe_weights,
    graph_files.check_graph,
]


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(
        st.binary(max_size=200),
        twisted(),
        st.lists(fields_of_any_kind(), max_size=5).map(b"".join),
        st.lists(fields_of_any_kind(), max_size=5).map(lambda parts: SMALL + b"".join(parts)),
        fields_of_any_kind().map(model_with),
    )
)
def test_no_bytes_break_the_readers(data: bytes) -> None:
    for read in READERS:
        said = told_by(read, data)
        assert len(said) < 500
        assert said.isprintable()


@settings(max_examples=300, deadline=None)
@given(twisted())
def test_what_passes_is_what_the_engine_would_see(data: bytes) -> None:
    """A reader that can be led to see other inputs than the engine could be led past anything."""
    try:
        summary = examine(data)
        model = onnx.load_from_string(data)
    except (DamagedMessage, DecodeError):
        return
    weights = {one.name for one in model.graph.initializer}
    weights |= {one.values.name for one in model.graph.sparse_initializer}
    inputs = [one for one in model.graph.input if one.name not in weights]
    assert [port.name for port in summary.inputs] == [one.name for one in inputs]
    for port, one in zip(summary.inputs, inputs, strict=True):
        sides = [
            dim.dim_value if dim.dim_value > 0 else None for dim in one.type.tensor_type.shape.dim
        ]
        assert list(port.shape) == sides
    assert not any(one.external_data or one.data_location for one in model.graph.initializer)


def test_a_description_that_is_made_to_be_slow_is_not() -> None:
    for text in ("input_shape" + " " * 500_000, "input_shape {" * 50_000, "dim:" * 200_000):
        assert graph_files.caffe_input(text) is None


def test_a_model_without_outputs_is_refused() -> None:
    model = good_model()
    del model.graph.output[:]
    assert "no outputs" in refused(model.SerializeToString())


# ---------------------------------------------------------------- Caffe and TensorFlow


@pytest.mark.parametrize("data", [b"", b"\xff" * 9, part(1, "a name only"), b"text: 1\n"])
def test_what_is_no_caffe_or_tensorflow_file_is_told(data: bytes) -> None:
    with pytest.raises(DamagedMessage):
        graph_files.check_caffe_weights(data)
    with pytest.raises(DamagedMessage):
        graph_files.check_graph(part(4, data))


def test_a_graph_that_reads_files_is_refused() -> None:
    with pytest.raises(DamagedMessage, match="ReadFile"):
        graph_files.check_graph(part(1, part(1, "x") + part(2, "ReadFile")))
    with pytest.raises(DamagedMessage, match="SavedModel"):
        graph_files.check_graph(part(1, 1) + part(2, b""))


@pytest.mark.parametrize(
    ("text", "wh"),
    [
        ('input: "data"\ninput_dim: 1\ninput_dim: 3\ninput_dim: 240\ninput_dim: 320', (320, 240)),
        ("input_shape { dim: 1 dim: 3 dim: 300 dim: 400 }", (400, 300)),
        ("input_param: { shape: { dim: 1 dim: 3 dim: 8 dim: 9 } }", (9, 8)),
        ("# input_dim: 1\nlayer {}", None),
    ],
)
def test_the_input_of_a_caffe_model_is_read(text: str, wh: tuple[int, int] | None) -> None:
    assert graph_files.caffe_input(text) == wh


@pytest.mark.parametrize("dims", ["1 3 99999 99999", "1 1 300 300", "8 3 300 300", "1 3 0 300"])
def test_an_input_that_no_detector_needs_is_refused(dims: str) -> None:
    text = "\n".join(f"input_dim: {dim}" for dim in dims.split())
    with pytest.raises(DamagedMessage):
        graph_files.caffe_input(text)


def test_a_large_file_is_looked_through_without_copying_its_weights() -> None:
    model = onnx_model(yolov8_outputs(np.zeros((0, 4), np.float32)))
    model.graph.initializer.append(
        numpy_helper.from_array(np.zeros((64, 1 << 18), np.float32), "weights")
    )
    data = model.SerializeToString()
    assert len(data) > 64 << 20
    tracemalloc.start()
    try:
        examine(data)
        most_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most_bytes < 1 << 20
