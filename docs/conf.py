"""The site: ``python -m sphinx -W -n --keep-going docs build/site`` makes it of these pages, docstrings and claims."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))  # the clone, where docs.website is

from zotheory import __version__

project, author, version = "zotheory", "The zotheory developers", __version__
copyright = "The zotheory developers"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "docs.website.extension"]
exclude_patterns = ["make_*", "website"]

autodoc_typehints = "none"  # docstrings and conditions say what an argument may be, in words
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_mock_imports = ["jax", "torch", "array_api_compat", "gymnasium", "mujoco", "cocoex"]  # of extras
napoleon_google_docstring = False
napoleon_use_param = False  # no links out of words for types
napoleon_use_rtype = False
napoleon_custom_sections = [("Attributes", "params_style")]

myst_enable_extensions = ["dollarmath"]
myst_fence_as_directive = ["math"]
myst_heading_anchors = 4
html_math_renderer = "mathml"  # docs/website/formulas.py

html_theme = "furo"
html_title = "zotheory"
html_favicon = "website/static/icon.svg"
html_static_path = ["website/static"]
html_css_files = ["site.css"]
html_js_files = [("site.js", {"defer": "defer"})]
html_copy_source = False
