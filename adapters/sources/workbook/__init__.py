"""The workbook that people fill by hand, where a source gives no export of an object: made empty, checked, read back.

`forms` says what its sheets ask for, `template` writes it, `sheets` reads cells, `checking` finds what is wrong, and
`source` gives the records. It needs openpyxl (the extra "xlsx").
"""

from adapters.sources.workbook.checking import PROBLEMS_MAX as PROBLEMS_MAX, CellProblem as CellProblem, check as check
from adapters.sources.workbook.source import Workbook as Workbook
from adapters.sources.workbook.template import write_template as write_template
