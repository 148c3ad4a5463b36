"""Runs cells in the worker: one namespace, the last value shown as in a notebook, plots and tables handed to the page."""

import ast
import asyncio
import builtins
import io
import linecache
import logging
import os
import sys
import traceback

import glm_page  # the worker's JavaScript: src/tools/python/worker.js
from pyodide.ffi import to_js

DATA = "/mnt/data"
MAX_TABLE_ROWS = 50
MAX_TABLE_COLUMNS = 30
DPI = 144

namespace = {"__name__": "__main__", "__builtins__": builtins}
_cells = 0
_pending = None

os.makedirs(DATA, exist_ok=True)
os.chdir(DATA)
sys.path.insert(0, DATA)


def _no_input(prompt=""):
    raise RuntimeError("input() does not work here: write the value into the code")


builtins.input = _no_input
logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # "building the font cache"


def _png_size(png):
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")


def _send_image(png, alt):
    sys.stdout.flush()
    glm_page.image(to_js(png), *_png_size(png), alt)


def _alt_of(figure):
    """Titles and axis labels, for people who do not see the picture."""
    words = [figure.get_suptitle()] if hasattr(figure, "get_suptitle") else []
    for axes in figure.axes:
        words += [axes.get_title(), axes.get_xlabel(), axes.get_ylabel()]
    return "; ".join(dict.fromkeys(word for word in words if word)) or "Plot"


def show_figures():
    """Hands all open figures to the page, and closes them."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return False
    numbers = pyplot.get_fignums()
    for number in numbers:
        figure = pyplot.figure(number)
        if not figure.axes and not figure.texts:
            continue
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=DPI, bbox_inches="tight")
        _send_image(buffer.getvalue(), _alt_of(figure))
    pyplot.close("all")
    return bool(numbers)


def _cell_text(value):
    if isinstance(value, float):
        return "NaN" if value != value else f"{value:.6g}"
    return str(value)


def _send_table(table):
    names = [str(name) if name is not None else "" for name in table.index.names]
    columns = names + [
        " / ".join(map(str, label)) if isinstance(label, tuple) else str(label)
        for label in table.columns[:MAX_TABLE_COLUMNS]
    ]
    head = table.iloc[:MAX_TABLE_ROWS, :MAX_TABLE_COLUMNS]
    cells = list(head.itertuples(index=False, name=None)) or [()] * len(head)
    rows = []
    for index, row in zip(head.index, cells):
        keys = index if isinstance(index, tuple) else (index,)
        rows.append([_cell_text(value) for value in (*keys, *row)])
    sys.stdout.flush()
    glm_page.table(to_js(columns), to_js(rows), len(table), repr(table))


def display(*values):
    """Shows values as the last line of a cell does."""
    for value in values:
        _show(value)


def _is_drawing(value):
    """Artists that plot functions return: the picture says it."""
    if isinstance(value, (list, tuple)) and value:
        return all(map(_is_drawing, value))
    return type(value).__module__.startswith("matplotlib.")


def _show(value):
    if value is None:
        return
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(value, pandas.DataFrame):
        _send_table(value)
    elif not isinstance(value, type) and hasattr(value, "_repr_png_"):
        png = value._repr_png_()
        if png:
            _send_image(png, "Picture")
        else:  # sympy, which draws only where LaTeX is installed
            print(repr(value))
    elif not _is_drawing(value):
        print(repr(value))


namespace["display"] = display


def _prepare_libraries():
    pandas = sys.modules.get("pandas")
    if pandas is not None and not getattr(pandas, "_glm_prepared", False):
        pandas._glm_prepared = True
        pandas.set_option("display.width", 200, "display.max_columns", 20, "display.max_rows", 30)


def _compiled(source):
    """The statements, and the expression at the end whose value is shown, as code objects."""
    global _cells
    _cells += 1
    name = f"<cell {_cells}>"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    tree = ast.parse(source, name)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr) and not source.rstrip().endswith(";"):
        last = ast.Expression(tree.body.pop().value)
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    body = compile(tree, name, "exec", flags)
    return body, last and compile(last, name, "eval", flags)


CO_COROUTINE = 0x80


def run(source):
    """Runs a cell. Returns the error's text, '' for none, or None when `finish` must be awaited: the cell has `await`."""
    global _pending
    try:
        body, last = _compiled(source)
        if any(code and code.co_flags & CO_COROUTINE for code in (body, last)):
            _pending = (body, last)
            return None
        exec(body, namespace)
        value = eval(last, namespace) if last else None
        _after(value)
        return ""
    except BaseException as error:
        return _failed(error)


async def finish():
    """Runs a cell that has `await`."""
    try:
        value = None
        for code in _pending:
            if code is None:
                continue
            value = eval(code, namespace)
            if asyncio.iscoroutine(value):
                value = await value
        _after(value if _pending[1] else None)
        return ""
    except BaseException as error:
        return _failed(error)


def _after(value):
    _prepare_libraries()
    _show(value)
    if value is not None:
        namespace["_"] = value
    show_figures()
    sys.stdout.flush()
    sys.stderr.flush()


def _failed(error):
    try:
        show_figures()
    except BaseException:
        pass
    sys.stdout.flush()
    sys.stderr.flush()
    if isinstance(error, SystemExit):
        return "" if error.code in (None, 0) else f"SystemExit: {error.code}\n"
    frames = error.__traceback__
    while frames is not None and not frames.tb_frame.f_code.co_filename.startswith("<cell"):
        frames = frames.tb_next
    report = traceback.TracebackException(type(error), error, frames)
    report.stack = traceback.StackSummary.from_list([frame for frame in report.stack if frame.filename != __file__])
    return "".join(report.format())


def add_font(path):
    """Makes a font known to matplotlib."""
    from matplotlib import font_manager

    font_manager.fontManager.addfont(path)
