#include "client/gictl/csv.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/gictl/fields.h"
#include "storage/base/text.h"

namespace gi::client::gictl {
namespace {

class CsvParser {
 public:
  CsvParser(absl::string_view text, char separator) : text_(text), separator_(separator) {}

  absl::StatusOr<std::vector<CsvRow>> Parse() {
    std::vector<CsvRow> rows;
    while (at_ < text_.size()) {
      CsvRow row{line_, {}};
      do {
        const bool quoted = IsAt('"');
        if (quoted && !Quoted(row)) {
          return UsageError(absl::StrCat("line ", row.line, ": a quotation mark is not closed"));
        }
        const size_t end = std::min(text_.find_first_of(std::string{separator_, '\n'}, at_), text_.size());
        if (!quoted) row.cells.push_back(NormalizeText(text_.substr(at_, end - at_)));
        at_ = end;
      } while (Take(separator_));
      if (Take('\n')) ++line_;
      const bool blank = std::all_of(row.cells.begin(), row.cells.end(), [](const auto& cell) { return cell.empty(); });
      if (!blank) rows.push_back(std::move(row));
    }
    return rows;
  }

 private:
  bool IsAt(char c) const { return at_ < text_.size() && text_[at_] == c; }
  bool Take(char c) {
    if (!IsAt(c)) return false;
    ++at_;
    return true;
  }

  // What follows the closing quote is passed over.
  bool Quoted(CsvRow& row) {
    std::string cell;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\n') ++line_;
      if (text_[at_] != '"') {
        cell.push_back(text_[at_]);
        continue;
      }
      ++at_;
      if (!IsAt('"')) {
        row.cells.push_back(std::move(cell));
        return true;
      }
      cell.push_back('"');
    }
    return false;
  }

  const absl::string_view text_;
  const char separator_;
  size_t at_ = 0;
  size_t line_ = 1;
};

}  // namespace

absl::StatusOr<std::vector<CsvRow>> ParseCsv(absl::string_view text) {
  absl::ConsumePrefix(&text, "\xEF\xBB\xBF");
  if (!IsValidUtf8(text)) return UsageError("the list is not UTF-8");
  const bool tabs = absl::StrContains(text.substr(0, text.find('\n')), '\t');
  return CsvParser(text, tabs ? '\t' : ',').Parse();
}

}  // namespace gi::client::gictl
