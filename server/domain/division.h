// Places (GB/T 2260 and the township and village codes below it): codes move while the place does not, so whether a
// place lies in an area is asked of the present places, never of digits alone. Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_DIVISION_H_
#define GI_SERVER_DOMAIN_DIVISION_H_

#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gi/registry/v1/division.pb.h"

namespace gi::domain {

// 6 digits, township 3, village 3. Equal codes are spelled alike.
class DivisionCode {
 public:
  // Takes 6, 9 or 12 digits, normalised (NormalizeIdentifier), that do not begin with 0. Trailing groups of three
  // zeros, with which statistical tables fill codes up to 12 digits, are dropped: 500155005000 is 500155005. (Keep the
  // text itself where the code as written matters.) DIVISION_CODE_MALFORMED [field, value] for anything else; a value
  // with 11 or more digits, which could be a telephone or resident ID number, is masked there.
  static absl::StatusOr<DivisionCode> Parse(absl::string_view text, absl::string_view field);

  // 6, 9 or 12 digits.
  const std::string& text() const { return text_; }
  registry::v1::DivisionLevel level() const;
  // By digits: village, township, county, prefecture, province (zeros fill up to 6); a province has none. Says nothing
  // about whether the register knows the parent.
  std::optional<DivisionCode> Parent() const;

  friend bool operator==(const DivisionCode& a, const DivisionCode& b) { return a.text_ == b.text_; }
  friend auto operator<=>(const DivisionCode& a, const DivisionCode& b) { return a.text_ <=> b.text_; }

 private:
  explicit DivisionCode(std::string text) : text_(std::move(text)) {}

  std::string text_;
};

// The row of a code, or nullptr where the register has none. A pointer need only stay valid until the next look-up. Its
// errors are passed on unchanged by all functions below.
using DivisionLookup = absl::FunctionRef<absl::StatusOr<const registry::v1::Division*>(absl::string_view code)>;

// Most codes that one resolution visits while it follows successors, so that no table can make it run on. Real chains
// have fewer than ten.
inline constexpr size_t kMaxDivisionSteps = 64;

struct ResolvedPlace {
  // The present codes, without repetition: several if the place was split; none if neither it nor any ancestor is
  // known.
  std::vector<std::string> codes;
  // The codes visited that led there, from the one asked for.
  std::vector<std::string> path;
  // The place itself is not known: `codes` are those of the smallest area around it that is.
  bool partial = false;
  // The answer rests on more than recorded decisions: on digits carried over to a renumbered ancestor, on a succession
  // that is itself marked as inferred, on successions that run in a circle (`codes` then holds the whole circle), or on
  // a walk cut off after kMaxDivisionSteps (`codes` then holds where it stood).
  bool inferred = false;
};

// Follows successors to their ends: a renumbering or merger to its one, a split to all.
// A code without a row is looked for under its ancestors, the smallest first: if such a county or township was
// renumbered, the remaining digits are carried over to its new code, and so on; a row found this way counts
// (`inferred`). If there is none, the answer is `partial`: the smallest area found. A successor without a row is
// treated so too, but where that gives no row it is the end itself. Digits are not carried over at a merger or a split,
// nor those of a county to another prefecture or province, as counties get other digits there.
absl::StatusOr<ResolvedPlace> ResolvePlace(const DivisionCode& code, DivisionLookup lookup);

// Whether the whole place lies in the area, both taken where they are today: the present code of the place, or of one
// of its ancestors, is one of the area's present codes. Ancestors are resolved too, so a village of 1990 is in the
// municipality that its county belongs to now. A place that was split lies in the area if all its parts do. An area
// that was merged stands for all of its successor, one that was split for each of its parts. A place known only by an
// ancestor lies in that ancestor and around it, in nothing smaller but itself. An area without a row holds itself and
// what is known to be below its digits. A place of which nothing is known lies in nothing. Climbs at most
// kMaxDivisionSteps ancestors, and answers false beyond.
absl::StatusOr<bool> IsInside(const DivisionCode& place, const DivisionCode& area, DivisionLookup lookup);

// The present names from the province down to the place; levels without a row are left out. Ends at the smallest known
// ancestor if the place is not known. A place that was split, or whose successions run in a circle, goes by its own
// last name. Empty if nothing is known.
absl::StatusOr<std::vector<std::string>> DisplayPath(const DivisionCode& code, DivisionLookup lookup);

// The present name: the last of the row's names; empty if it has none.
std::string DisplayName(const registry::v1::Division& division);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_DIVISION_H_
