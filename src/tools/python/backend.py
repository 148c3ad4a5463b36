"""matplotlib's backend `module://glm_backend`: Agg, whose `show` hands the figures to the page."""

from glm_runner import show_figures
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg


class FigureManager(FigureManagerBase):
    @classmethod
    def pyplot_show(cls, *, block=None):
        show_figures()

    def show(self):
        show_figures()


class FigureCanvas(FigureCanvasAgg):
    manager_class = FigureManager
