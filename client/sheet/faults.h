// What is wrong with a file, a row or a cell, in words for those who must mend it. Pure and thread-safe.
#ifndef GI_CLIENT_SHEET_FAULTS_H_
#define GI_CLIENT_SHEET_FAULTS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace gi::client::sheet {

// Texts in both languages.
struct Words {
  std::string chinese;
  std::string english;
  bool empty() const { return english.empty(); }
};

// INVALID_ARGUMENT about a file as a whole, with its text in both languages.
absl::Status SheetError(const Words& what);
// The texts of such an error; of any other status twice its message.
Words TextsOf(const absl::Status& status);

// What is wrong with a row or cell, found before the server sees it.
struct Fault {
  enum class Code {
    kRowUnreadable,
    // What the spreadsheet made of a value.
    kCellDamaged,
    kCellRequired,
    // Not what the column holds.
    kValueUnexpected,
  };
  Code code = Code::kValueUnexpected;
  Words what;
  // What may have been meant, to be put in the cell; "": no guess.
  std::string suggestion;
  bool empty() const { return what.empty(); }
};
// "SHEET_ROW_UNREADABLE": as reports name it, beside the server's error reasons.
std::string FaultName(Fault::Code code);

// Names the damage that spreadsheets and wrong encodings do: 9.15002E+17, #REF!, ####, a formula that was not reckoned,
// characters that were lost. Empty: none.
Words DamageOf(absl::string_view text);

// Whether the text only says that there is nothing: 无, 暂无, /, —, -.
bool IsPlaceholder(absl::string_view text);

// A value as findings show it: cut if it is long, masked if it could be the number of a person, a telephone or a card.
std::string ShownValue(absl::string_view text);

// The one of the words that the text is most like, if at least half of its characters stand in it in the same order; of
// equals the first. "": there is none.
std::string NearestWord(absl::string_view text, const std::vector<std::string>& words);

}  // namespace gi::client::sheet

#endif  // GI_CLIENT_SHEET_FAULTS_H_
