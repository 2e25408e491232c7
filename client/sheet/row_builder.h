// Rows of a table as rows of an import. Belongs to one thread.
#ifndef GI_CLIENT_SHEET_ROW_BUILDER_H_
#define GI_CLIENT_SHEET_ROW_BUILDER_H_

#include <string>
#include <vector>

#include "client/sheet/rows.h"
#include "client/sheet/table.h"
#include "client/sheet/values.h"
#include "gi/mapping/v1/mapping.pb.h"
#include "gi/registry/v1/import.pb.h"

namespace gi::client::sheet {

// Elements of lists that no cell has filled are left out, so that others move up: "measurements[0]" of the row stands
// in the columns of "measurements[1]".
struct MovedElement {
  std::string is;
  std::string was;
};

struct CellProblem {
  // As the head of the table writes it; "" if the row as a whole is meant.
  std::string column;
  // As it stands there.
  std::string value;
  Fault fault;
};

class RowBuilder {
 public:
  // Both must outlive this; the table has found its head.
  RowBuilder(const mapping::v1::Mapping& mapping, const TableReader& table, std::string file_name, EnumWord enum_word);

  // Fills `row`; with problems it has no request, so that it is only counted.
  std::vector<CellProblem> Build(const SheetRow& sheet_row, registry::v1::ImportRow& row,
                                 std::vector<MovedElement>& moved) const;

  // The column of a field that the server has found something about: place in the sheet, or -1. `moved`: of its row.
  int ColumnOf(const std::string& field, const std::vector<MovedElement>& moved) const;
  // The words of its head; of a column that the sheet lacks those of a template. "": there is no such column.
  std::string HeadOf(const std::string& field, const std::vector<MovedElement>& moved) const;

 private:
  // Of a row, what it says of one column of the mapping.
  struct Cell {
    std::string text;
    // Of a quantity: what its number is in.
    ColumnUnit unit;
    // That its head names; 0: none.
    int year = 0;
    // In the sheet; -1: it has no such column.
    int column = -1;
  };

  // By place in the mapping.
  std::vector<Cell> CellsOf(const SheetRow& sheet_row, std::vector<CellProblem>& problems) const;
  // What is said of one field in two columns.
  void Merge(const SheetRow& sheet_row, size_t column, std::string text, Cell& cell,
             std::vector<CellProblem>& problems) const;
  // Puts both days of a cell into those of the columns for one.
  void SplitRange(const SheetRow& sheet_row, size_t place, std::vector<Cell>& cells,
                  std::vector<CellProblem>& problems) const;
  // `cells`: as CellsOf.
  void Fill(size_t place, const std::vector<Cell>& cells, registry::v1::ImportRow& row,
            std::vector<CellProblem>& problems) const;
  // What is set as well where the cell is filled. `head`: of its column.
  void FillAlso(size_t place, const std::string& head, const std::vector<Cell>& cells, registry::v1::ImportRow& row,
                std::vector<CellProblem>& problems) const;
  Fault SetQuantity(const mapping::v1::Column& column, const ColumnUnit& said, const std::string& text,
                    registry::v1::ImportRow& row, bool& approximate) const;
  size_t PlaceOf(const std::string& field) const;
  // Place in the mapping of the field that the server has found something about, or of what is nearest to it, among the
  // columns that the sheet has, or has not; -1: none.
  int PlaceAbout(const std::string& field, const std::vector<MovedElement>& moved, bool in_sheet) const;
  int NearestPlace(absl::string_view field, bool in_sheet) const;
  Fault Set(registry::v1::ImportRow& row, const std::string& field, const std::string& text) const;

  const mapping::v1::Mapping& mapping_;
  const HeadMatcher& matcher_;
  const TableLayout& layout_;
  const std::string file_name_;
  const EnumWord enum_word_;
  // What all rows have.
  registry::v1::ImportRow fixed_;
  // By place in the mapping: the first column of the sheet that has it, or -1.
  std::vector<int> first_columns_;
  // Some fields lie in elements of lists.
  bool fills_lists_ = false;
};

}  // namespace gi::client::sheet

#endif  // GI_CLIENT_SHEET_ROW_BUILDER_H_
