"""The server's log says which kind of fault there was and where in the code, never what it said.

A message may hold a value of somebody's row, and Streamlit logs the whole traceback of a page that fails, message and
all, before anybody is asked. So no record is made with a fault in it: whichever library writes it, wherever it goes.
"""

from __future__ import annotations

import logging
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

_usual = logging.getLogRecordFactory()


def install() -> None:
    """Make every record of this process, and every thread that dies, calm. Twice is as good as once."""
    logging.setLogRecordFactory(_record)
    threading.excepthook = _thread_died


def said(fault: BaseException) -> str:
    """A fault as its kind and its place in the code: `ValueError at views/map.py:31`."""
    return f"{type(fault).__name__} at {_place(fault.__traceback__)}"


def _place(trace: TracebackType | None) -> str:
    if trace is None:
        return "an unknown place"
    while trace.tb_next:
        trace = trace.tb_next
    file = Path(trace.tb_frame.f_code.co_filename)
    return f"{'/'.join(file.parts[-2:])}:{trace.tb_lineno}"


def _record(*given: Any, **named: Any) -> logging.LogRecord:
    record = _usual(*given, **named)
    if isinstance(record.args, tuple):
        record.args = tuple(_calm(one) for one in record.args)
    elif isinstance(record.args, dict):
        record.args = {name: _calm(one) for name, one in record.args.items()}
    if isinstance(record.msg, BaseException):
        record.msg, record.args = said(record.msg), None
    fault = record.exc_info[1] if record.exc_info else None
    record.exc_info = None
    if fault is not None:
        record.msg, record.args = f"{record.getMessage()}: {said(fault)}", None
    return record


def _calm(one: Any) -> Any:
    return said(one) if isinstance(one, BaseException) else one


def _thread_died(died: threading.ExceptHookArgs) -> None:
    if died.exc_value is not None and not isinstance(died.exc_value, SystemExit):
        print(f"a thread stopped: {said(died.exc_value)}", file=sys.stderr)
