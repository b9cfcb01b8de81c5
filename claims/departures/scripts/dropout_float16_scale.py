"""float16 on the CPU: dropout of zeros contains NaN once 1/(1-p) overflows, as it does for p = 0.99999.

The mask is divided by 1 - p in float16; 1e5 overflows, and infinity times 0 is NaN. native_dropout multiplies by the
scale after masking, so that there even dropped units become NaN. In float32 both give zeros.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch

P = 0.99999
UNITS = 1 << 20


def zeros(dtype: torch.dtype = torch.float16) -> torch.Tensor:
    return torch.zeros(UNITS, dtype=dtype)


def observed() -> int:
    """How many outputs of dropout of zeros are NaN."""
    torch.manual_seed(0)
    return int(torch.nn.functional.dropout(zeros(), P).isnan().sum())


def observed_natively() -> int:
    return int(torch.native_dropout(zeros(), P, train=True)[0].isnan().sum())


def in_float32() -> int:
    return int(torch.nn.functional.dropout(zeros(torch.float32), P).isnan().sum())


def exact() -> int:
    """Zero, dropped or scaled, is zero."""
    return 0


def departs() -> bool:
    return observed() != exact()


if __name__ == "__main__":
    print("NaN among the outputs of dropout       ", observed())
    print("NaN among the outputs of native_dropout", observed_natively())
    print("NaN in float32                         ", in_float32())
    print("exact                                  ", exact())
    print("departs" if departs() else "does not depart")
