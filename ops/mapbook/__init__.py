"""The map as a workbook: written for people to decide in, read back cell by cell.

`material` is what a workbook is made of, `rules` says a field's rule in the cells of a row, `pages` lays out the sheets
(without any library), `writing` makes the file, `cells` reads one, `reading` compares it with the pages and says what
is wrong, `taking` makes the map of it. It needs openpyxl (the extra "xlsx").
"""

from ops.mapbook.material import Material as Material, Owner as Owner, PageProblem as PageProblem
from ops.mapbook.taking import Taken as Taken, take as take
from ops.mapbook.writing import write as write
