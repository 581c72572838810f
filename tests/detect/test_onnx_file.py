"""ONNX files are looked through before an engine gets them; hostile ones go no further."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
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
