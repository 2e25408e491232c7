// A table of text whose columns line up on a terminal, Chinese characters included. Not thread-safe.
#ifndef GI_CLIENT_GICTL_TABLE_H_
#define GI_CLIENT_GICTL_TABLE_H_

#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace gi::client::gictl {

class Table {
 public:
  // Rows may differ in length.
  void AddRow(std::vector<std::string> cells) { rows_.push_back({std::move(cells), true}); }
  // A line between rows that no column lines up with.
  void AddLine(std::string line) { rows_.push_back({{std::move(line)}, false}); }
  // Columns are two spaces apart; every line begins with `indent` and ends without spaces.
  void Print(std::ostream& out, absl::string_view indent = "") const;

 private:
  struct Row {
    std::vector<std::string> cells;
    bool lines_up;
  };
  std::vector<Row> rows_;
};

}  // namespace gi::client::gictl

#endif  // GI_CLIENT_GICTL_TABLE_H_
