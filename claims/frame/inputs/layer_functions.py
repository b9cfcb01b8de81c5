"""The table of layers: convolutions, pooling, indexing, order statistics, losses and norms with their options."""

from __future__ import annotations

from claims.frame.inputs.functions import Row

TARGET = "torch.arange(2, -1, -2, device=x.device)"
PLACES = "torch.arange(6, device=x.device) * 3 % 4"

LAYERS: dict[str, Row] = {
    "strided grouped convolution": Row(
        "conv1d", "f(x[:8].view(1, 2, 4), x[8:].view(2, 1, 2), None, 2, 1, 1, 2)", 12, polynomial=True
    ),
    "dilated convolution": Row(
        "conv2d",
        "f(x[:12].view(1, 1, 3, 4), x[12:].view(2, 1, 2, 2), None, (2, 1), (1, 0), (1, 2))",
        20,
        polynomial=True,
    ),
    "strided transposed convolution": Row(
        "conv_transpose1d", "f(x[:3].view(1, 1, 3), x[3:].view(1, 2, 2), None, 2, 1, 1)", 7, polynomial=True
    ),
    "max pooling": Row("max_pool1d", "f(x[None, None], 3, 2, 1)", 6, "apart"),
    "max pooling of images": Row("max_pool2d", "f(x.view(1, 1, 3, 4), 2, 1)", 12, "apart"),
    "average pooling of images": Row("avg_pool2d", "f(x.view(1, 1, 3, 4), (2, 3), 1, (1, 0))", 12),
    "adaptive average pooling": Row("adaptive_avg_pool1d", "f(x[None, None], 2)", 5),
    "linear interpolation": Row(
        "interpolate", "f(x[None, None], size=7, mode='linear', align_corners=True)", polynomial=True
    ),
    "padding by reflection": Row("pad", "f(x[None, None], (2, 1), mode='reflect')", 5, polynomial=True),
    "gather": Row("gather", f"f(x, 0, {PLACES})", polynomial=True),
    "index select": Row("index_select", f"f(x, 0, {PLACES})", polynomial=True),
    "scatter add": Row("scatter_add", "f(x[:3], 0, torch.arange(5, device=x.device) % 3, x[3:])", 8, polynomial=True),
    "sort": Row("sorted", "f(x)", 5, "apart"),
    "two largest": Row("largest", "f(x, 2)", 5, "apart"),
    "second smallest": Row("kth_smallest", "f(x, 2)", 5, "apart"),
    "running maximum": Row("running_maximum", "f(x)", 5, "apart"),
    "softmin": Row("softmin_layer", "f(x, dim=-1)", 5),
    "norm of order infinity": Row("vector_norm", "f(x + 8, torch.inf)", 4, "apart"),
    "sum of cross entropies": Row("cross_entropy", f"f(x.view(2, 3), {TARGET}, reduction='sum')", 6),
    "every cross entropy": Row("cross_entropy", f"f(x.view(2, 3), {TARGET}, reduction='none')", 6),
    "cross entropy of an image": Row("cross_entropy", f"f(x.view(1, 3, 2), {TARGET}[None])", 6),
    "weighted cross entropy": Row(
        "cross_entropy",
        f"f(x.view(2, 3), {TARGET}, weight=torch.arange(1, 4, dtype=x.dtype, device=x.device))",
        6,
    ),
    "cross entropy without a class": Row("cross_entropy", f"f(x.view(2, 3), {TARGET}, ignore_index=0)", 6),
    "cross entropy of soft targets": Row(
        "cross_entropy", "f(x[:6].view(2, 3), torch.softmax(x[6:].view(2, 3), -1))", 12
    ),
    "layer norm with parameters": Row(
        "layer_norm", "f(x[:4], x[4:8], x[8:], shape=(4,), memory='', eps=0.5, wide=False)", 12
    ),
    "RMS norm with a weight": Row("rms_norm", "f(x[:4], x[4:], None, shape=(4,), memory='', eps=0.5, wide=False)", 8),
}
"""Layers whose derivatives torch has in every dtype."""
