// Finds values in free text that are shaped like personal numbers. The registry keeps none of them, so a mutation that
// has one is refused before anything else sees it. Names of persons cannot be found this way; that is a known limit.
// Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_PERSONAL_DATA_H_
#define GI_SERVER_DOMAIN_PERSONAL_DATA_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "server/domain/uscc.h"
#include "storage/base/error.h"

namespace gi::domain {

enum class PersonalKind {
  // 居民身份证号码: 18 characters with a birth date and the right check digit.
  kResidentId,
  // A mobile number of mainland China: 11 digits from 13 to 19, perhaps after 86 or 0086.
  kMobileNumber,
  // A land line with its area code: 010, 02x or 03xx to 09xx, a hyphen, space or bracket, and 7 or 8 digits.
  kLandLine,
  // A bank card: 16 to 19 digits, the first 3 to 6, with a right Luhn check digit.
  kBankCard,
};

struct PersonalShape {
  PersonalKind kind;
  // What was found, masked: safe to show and to log.
  std::string masked;
};

// True for every code: for callers without a table of divisions.
bool AnyDivision(absl::string_view code);

// The first such value in the text, or nullopt.
//
// Digits may be full-width or of any script, and grouped by single spaces or hyphens as such numbers usually are. A
// number counts only where no ASCII letter or digit touches it, so hexadecimal hashes hold none, and UUIDs neither. A
// unified social credit code is not reported, unless it is also shaped like a resident ID and its prefix or its
// division is unknown.
std::optional<PersonalShape> FindPersonalShape(absl::string_view text, DivisionKnown known = AnyDivision);

// "a resident ID number", "居民身份证号码".
absl::string_view PersonalKindName(PersonalKind kind, Language language);

// The value as a message may echo it: an excerpt, or masked if it holds anything of a personal shape, whatever the
// register knows of divisions.
std::string EchoValue(absl::string_view value);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_PERSONAL_DATA_H_
