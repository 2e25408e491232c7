// Heads of tables: which cell names which field. Thread-safe.
#ifndef GI_CLIENT_SHEET_HEAD_H_
#define GI_CLIENT_SHEET_HEAD_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "client/sheet/unit_words.h"
#include "gi/mapping/v1/mapping.pb.h"

namespace gi::client::sheet {

// As heads are compared: without width, case, white space, stars, colons, and what stands in brackets.
std::string HeadForm(absl::string_view text);

// The year of "面积（2024年）" and "2024年度产量"; 0: it names none, or several.
int YearInHead(absl::string_view head);

// Columns of a sheet, by their place in it.
struct TableLayout {
  // Place in the mapping, or -1. Two columns may have the same.
  std::vector<int> columns;
  // The words of the head, with the units that a line beside the table names: "面积（公顷）".
  std::vector<std::string> head;
  // Of quantities: what the head says, with a row of units below it, and what is known from beside (column_units.h).
  std::vector<ColumnUnit> units, units_beside;
  // Of a quantity: the year that the head names, 面积（2024年）; 0: none.
  std::vector<int> years;
  // Of a quantity: the column that has a unit for each row; -1: none.
  std::vector<int> unit_columns;
};

// Whether a sheet with these columns (as TableLayout) need not have the required one.
bool IsWaived(const mapping::v1::Column& required, const mapping::v1::Mapping& mapping,
              const std::vector<int>& columns);

class HeadMatcher {
 public:
  // The mapping must outlive this.
  explicit HeadMatcher(const mapping::v1::Mapping& mapping);

  struct Match {
    TableLayout layout;
    // Fields that are named, each once.
    int known = 0;
  };
  Match Read(const std::vector<std::string>& cells) const;

  // Place in the mapping of the column that a head's cell names, one that `taken` does not have yet if there are
  // several; -1: none.
  int Find(absl::string_view text, const std::vector<int>& taken) const;
  // Whether a head's cell may name the column at this place in the mapping.
  bool MayName(absl::string_view text, int place) const;
  // Whether at least so many of the cells (those in `filled`) name a field.
  bool HasWords(const std::vector<std::string>& cells, const std::vector<size_t>& filled, size_t least) const;
  bool IsQuantity(int place) const { return place >= 0 && !UnitOf(place).empty(); }
  // Of numbers that nothing else is said of; "": the column holds no quantities.
  const std::string& UnitOf(int place) const { return mapping_.columns(place).unit(); }
  bool has_quantities() const { return has_quantities_; }
  // Required columns that a sheet with these lacks.
  std::vector<std::string> MissingIn(const std::vector<int>& columns) const;

 private:
  // Places in the mapping of the columns that a head's cell may name; nullptr: none. `unit`: that in which the cell
  // ends without brackets.
  const std::vector<int>* PlacesOf(absl::string_view text, std::string& unit) const;
  void FindUnitColumns(TableLayout& layout) const;

  const mapping::v1::Mapping& mapping_;
  bool has_quantities_ = false;
  // By HeadForm of what a head may say: places in the mapping, in its order.
  absl::flat_hash_map<std::string, std::vector<int>> by_form_;
};

// A head of two rows: a word above several columns stands for each of them that has none above.
std::vector<std::string> JoinHeadRows(const std::vector<std::string>& upper, const std::vector<std::string>& lower);

}  // namespace gi::client::sheet

#endif  // GI_CLIENT_SHEET_HEAD_H_
