// Unified social credit codes (统一社会信用代码, GB 32100-2015): what a text is, and the one type that a code is held
// in. Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_USCC_H_
#define GI_SERVER_DOMAIN_USCC_H_

#include <compare>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gi/registry/v1/entity.pb.h"
#include "storage/base/error.h"

namespace gi::domain {

// Whether a division code of six digits stands in the tables, of any year and level. Asked at most twice per text.
using DivisionKnown = absl::FunctionRef<bool(absl::string_view)>;

struct UsccJudgement {
  registry::v1::UsccVerdict verdict = registry::v1::USCC_VERDICT_UNSPECIFIED;
  // The code as it would be kept. Texts that may hold a resident ID number appear here only masked, as in `masked`.
  std::string normalized;
  // What may be shown and logged: a code with an OK verdict in full. Anything else that has 15 or more characters which
  // are, or may stand for, digits (digits, the letters I and O, characters outside ASCII), or 11 digits on end as
  // telephone numbers have, shows only its first two and last two; the rest is as normalised. Cut to 60 bytes; empty
  // for text that is not UTF-8.
  std::string masked;
  // What was perhaps meant, O read as 0 and I as 1: only if that has the verdict OK or OK_UNKNOWN_DIVISION and does not
  // look like a resident ID number. Otherwise empty.
  std::string proposal;
};

// Normalises (NormalizeIdentifier; leading apostrophes dropped) and judges; the first that applies:
//   SPREADSHEET_DAMAGE        scientific notation
//   OLD_FORM                  15 digits (could be an old resident ID number: masked), or XXXXXXXX-Y
//   MALFORMED                 not 18 characters of the alphabet, or the division not six digits; also text that is not
//   UTF-8 PERSONAL_ID               shaped like a resident ID number, unless both checks pass and prefix and division
//   are known SPREADSHEET_DAMAGE        18 digits ending 000 of which a check fails UNKNOWN_PREFIX,
//   OK_UNKNOWN_DIVISION, OK      both checks pass OK_LEGACY                 only the organisation code's check passes,
//   and that code starts M0 BAD_ORGANISATION_CHECK    only the outer check passes BAD_CHECK                 the rest
UsccJudgement ClassifyUscc(absl::string_view text, DivisionKnown known);

// OK, OK_UNKNOWN_DIVISION or OK_LEGACY: a code that the register can hold.
bool IsUsableUscc(registry::v1::UsccVerdict verdict);

// 18 characters: 17 digits with a date of the years 1800 to 2099 at 7-14, then the check digit of a resident ID number
// (0-9 or X). Requires normalised text.
bool HasResidentIdShape(absl::string_view normalized);

// Whether a code of the 2015-16 pilot, whose outer check fails, is taken.
enum class LegacyUscc {
  kRefuse,
  // An officer has compared it with the licence.
  kAccept,
};

// A code that was judged usable.
class Uscc {
 public:
  // As ClassifyUscc, then:
  //   USCC_PERSONAL_ID          for that verdict; the value masked
  //   USCC_LEGACY_UNCONFIRMED   for OK_LEGACY, if legacy codes are refused
  //   USCC_INVALID              for every other verdict but OK and OK_UNKNOWN_DIVISION
  // `field` is the name of the field in the error.
  static absl::StatusOr<Uscc> Parse(absl::string_view text, absl::string_view field, DivisionKnown known,
                                    LegacyUscc legacy = LegacyUscc::kRefuse);

  // 18 characters of the alphabet.
  const std::string& text() const { return text_; }
  registry::v1::UsccVerdict verdict() const { return verdict_; }
  // The six digits of the division that gave the code; it stays when the division is renumbered.
  absl::string_view division() const { return absl::string_view(text_).substr(2, 6); }
  // GB 11714, nine characters.
  absl::string_view organisation_code() const { return absl::string_view(text_).substr(8, 9); }

  friend bool operator==(const Uscc& a, const Uscc& b) { return a.text_ == b.text_; }
  friend auto operator<=>(const Uscc& a, const Uscc& b) { return a.text_ <=> b.text_; }

 private:
  Uscc(std::string text, registry::v1::UsccVerdict verdict) : text_(std::move(text)), verdict_(verdict) {}

  std::string text_;
  registry::v1::UsccVerdict verdict_;
};

// What is wrong with a code, in words; empty for one that is usable, and for a resident ID.
absl::string_view UsccFinding(registry::v1::UsccVerdict verdict, Language language);

// A row of the table of registration authorities and categories.
struct UsccPrefix {
  // Two characters, or one where the categories of the authority are not known: then any second character is taken.
  absl::string_view prefix;
  // The category in Chinese; empty if not known.
  absl::string_view meaning;
  // The registration authority in Chinese.
  absl::string_view authority;
  // False: the category is known from a re-published copy of the standard only, or not at all.
  bool verified;
};

// In the order of the prefixes.
absl::Span<const UsccPrefix> UsccPrefixes();

// The row of a code or of its first two characters; nullptr if there is none.
const UsccPrefix* FindUsccPrefix(absl::string_view code);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_USCC_H_
