#include "server/domain/division.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "storage/base/error.h"
#include "storage/base/status_macros.h"
#include "storage/base/text.h"

namespace gi::domain {
namespace {

using registry::v1::Division;
using registry::v1::DivisionLevel;
using registry::v1::DivisionSuccessor;
using Successors = std::vector<DivisionSuccessor>;

constexpr size_t kCountyDigits = 6;
constexpr size_t kGroupDigits = 3;  // of a township within its county, of a village within its township
constexpr absl::string_view kFill = "000";
constexpr std::ptrdiff_t kFewestDigitsMasked = 11;  // a mobile telephone number

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

bool HasCodeForm(absl::string_view text) {
  const bool length = text.size() == kCountyDigits || text.size() == kCountyDigits + kGroupDigits ||
                      text.size() == kCountyDigits + 2 * kGroupDigits;
  return length && text[0] != '0' && std::all_of(text.begin(), text.end(), IsDigit);
}

std::string WithoutFill(absl::string_view code) {
  while (code.size() > kCountyDigits && absl::ConsumeSuffix(&code, kFill)) {
  }
  return std::string(code);
}

absl::Status Malformed(absl::string_view field, absl::string_view value) {
  const bool personal = std::count_if(value.begin(), value.end(), IsDigit) >= kFewestDigitsMasked;
  return MakeError(registry::v1::ERROR_REASON_DIVISION_CODE_MALFORMED,
                   {{"field", std::string(field)}, {"value", personal ? Excerpt(Mask(value)) : Excerpt(value)}});
}

// Codes in rows were checked when they were written.
absl::StatusOr<DivisionCode> StoredCode(absl::string_view text) {
  absl::StatusOr<DivisionCode> code = DivisionCode::Parse(text, "code");
  if (code.ok()) return code;
  return MakeError(registry::v1::ERROR_REASON_DATA_CORRUPT,
                   {{"detail", "a division code in a stored row is malformed"}});
}

bool Contains(const std::vector<std::string>& codes, const std::string& code) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

void AddNew(const std::vector<std::string>& from, std::vector<std::string>& to) {
  for (const std::string& code : from) {
    if (!Contains(to, code)) to.push_back(code);
  }
}

ResolvedPlace End(const DivisionCode& code) { return {{code.text()}, {code.text()}, false, false}; }

ResolvedPlace Unknown(const DivisionCode& code) { return {{}, {code.text()}, true, false}; }

ResolvedPlace Behind(const DivisionCode& code, ResolvedPlace place) {
  std::vector<std::string> path = {code.text()};
  AddNew(place.path, path);
  place.path = std::move(path);
  return place;
}

// One walk along successors. The lookup's rows are copied, as they need not outlive the next look-up.
class Walk {
 public:
  explicit Walk(DivisionLookup lookup) : lookup_(lookup) {}

  absl::StatusOr<ResolvedPlace> Resolve(const DivisionCode& code) {
    const auto again = std::find_if(open_.begin(), open_.end(), [&](const Open& o) { return o.code == code.text(); });
    if (again != open_.end()) return Circle(static_cast<size_t>(again - open_.begin()), code);
    ASSIGN_OR_RETURN(const std::optional<Successors> successors, SuccessorsOf(code));
    if (successors.has_value() && successors->empty()) return End(code);
    if (++steps_ >= kMaxDivisionSteps) return CutOff(code, successors.has_value());
    open_.push_back({code.text(), successors.has_value()});
    absl::StatusOr<ResolvedPlace> place = successors.has_value() ? Follow(code, *successors) : LookUnderAncestors(code);
    open_.pop_back();
    return place;
  }

 private:
  struct Open {
    std::string code;
    bool known;
  };

  absl::StatusOr<std::optional<Successors>> SuccessorsOf(const DivisionCode& code) {
    ASSIGN_OR_RETURN(const Division* row, lookup_(code.text()));
    if (row == nullptr) return std::optional<Successors>();
    return std::optional<Successors>(Successors(row->successors().begin(), row->successors().end()));
  }

  // Codes without a row stand on the walk only as guesses, so they are no part of the circle.
  ResolvedPlace Circle(size_t begin, const DivisionCode& code) const {
    ResolvedPlace circle = Unknown(code);
    circle.inferred = true;
    for (size_t i = begin; i < open_.size(); ++i) {
      if (open_[i].known) circle.codes.push_back(open_[i].code);
    }
    circle.partial = circle.codes.empty();
    return circle;
  }

  static ResolvedPlace CutOff(const DivisionCode& code, bool known) {
    ResolvedPlace place = known ? End(code) : Unknown(code);
    place.inferred = true;
    return place;
  }

  absl::StatusOr<ResolvedPlace> Follow(const DivisionCode& code, const Successors& successors) {
    ResolvedPlace all;
    for (const DivisionSuccessor& successor : successors) {
      ASSIGN_OR_RETURN(const DivisionCode to, StoredCode(successor.code()));
      ASSIGN_OR_RETURN(ResolvedPlace found, Resolve(to));
      if (found.partial) found = End(to);
      AddNew(found.codes, all.codes);
      AddNew(found.path, all.path);
      all.inferred = all.inferred || found.inferred || successor.inferred();
    }
    return Behind(code, std::move(all));
  }

  absl::StatusOr<ResolvedPlace> LookUnderAncestors(const DivisionCode& code) {
    ResolvedPlace best = Unknown(code);
    std::optional<DivisionCode> nearest;
    for (std::optional<DivisionCode> ancestor = code.Parent(); ancestor.has_value(); ancestor = ancestor->Parent()) {
      ASSIGN_OR_RETURN(const std::optional<Successors> successors, SuccessorsOf(*ancestor));
      if (!successors.has_value()) continue;
      if (!nearest.has_value()) nearest = ancestor;
      ASSIGN_OR_RETURN(ResolvedPlace carried, CarryOver(code, *ancestor, *successors));
      if (!carried.partial) return Behind(code, std::move(carried));
      if (Depth(carried) > Depth(best)) best = std::move(carried);
    }
    if (!nearest.has_value()) return best;
    ASSIGN_OR_RETURN(ResolvedPlace around, Resolve(*nearest));
    around.partial = true;
    return Behind(code, Depth(best) > Depth(around) ? std::move(best) : std::move(around));
  }

  // The deepest place that the code's remaining digits lead to under the new code of its ancestor.
  absl::StatusOr<ResolvedPlace> CarryOver(const DivisionCode& code, const DivisionCode& ancestor,
                                          const Successors& successors) {
    ResolvedPlace best = Unknown(code);
    // 512224 was 梁平县; 511224, of the renumbered prefecture, was 云阳县.
    if (!absl::StartsWith(code.text(), ancestor.text())) return best;
    const absl::string_view rest = absl::string_view(code.text()).substr(ancestor.text().size());
    for (const DivisionSuccessor& successor : successors) {
      if (successor.kind() != registry::v1::SUCCESSION_KIND_RENUMBERED) continue;
      ASSIGN_OR_RETURN(const DivisionCode to, StoredCode(successor.code()));
      if (to.text().size() != ancestor.text().size()) continue;
      ASSIGN_OR_RETURN(const DivisionCode candidate, StoredCode(absl::StrCat(to.text(), rest)));
      ASSIGN_OR_RETURN(ResolvedPlace found, Resolve(candidate));
      found.inferred = true;
      if (!found.partial) return found;
      if (Depth(found) > Depth(best)) best = std::move(found);
    }
    return best;
  }

  // The level of the largest of the codes; 0 if there are none.
  static int Depth(const ResolvedPlace& place) {
    int depth = 0;
    for (const std::string& text : place.codes) {
      const absl::StatusOr<DivisionCode> code = StoredCode(text);
      const int level = code.ok() ? code->level() : 0;
      depth = depth == 0 ? level : std::min(depth, level);
    }
    return depth;
  }

  DivisionLookup lookup_;
  std::vector<Open> open_;  // codes being resolved, outermost first
  size_t steps_ = 0;
};

// One ascent from a place through its ancestors, each taken where it is today.
class Ascent {
 public:
  Ascent(const std::vector<std::string>& area, DivisionLookup lookup) : area_(area), lookup_(lookup) {}

  absl::StatusOr<bool> AllMeetArea(const std::vector<std::string>& codes) {
    for (const std::string& text : codes) {
      ASSIGN_OR_RETURN(const DivisionCode code, StoredCode(text));
      ASSIGN_OR_RETURN(const bool inside, MeetsArea(code));
      if (!inside) return false;
    }
    return !codes.empty();
  }

 private:
  absl::StatusOr<bool> MeetsArea(const DivisionCode& code) {
    if (Contains(area_, code.text())) return true;
    const std::optional<DivisionCode> parent = code.Parent();
    if (!parent.has_value() || ++steps_ > kMaxDivisionSteps) return false;
    ASSIGN_OR_RETURN(const ResolvedPlace above, ResolvePlace(*parent, lookup_));
    return above.partial ? MeetsArea(*parent) : AllMeetArea(above.codes);
  }

  const std::vector<std::string>& area_;
  DivisionLookup lookup_;
  size_t steps_ = 0;
};

// Where a path goes on from a code: at its present code, if there is just one.
absl::StatusOr<DivisionCode> PresentOrSelf(const DivisionCode& code, DivisionLookup lookup) {
  ASSIGN_OR_RETURN(const ResolvedPlace place, ResolvePlace(code, lookup));
  return place.codes.size() == 1 && !place.partial ? StoredCode(place.codes.front()) : code;
}

}  // namespace

absl::StatusOr<DivisionCode> DivisionCode::Parse(absl::string_view text, absl::string_view field) {
  const std::string normalized = NormalizeIdentifier(text);
  if (!HasCodeForm(normalized)) return Malformed(field, normalized);
  return DivisionCode(WithoutFill(normalized));
}

DivisionLevel DivisionCode::level() const {
  if (text_.size() > kCountyDigits + kGroupDigits) return registry::v1::DIVISION_LEVEL_VILLAGE;
  if (text_.size() > kCountyDigits) return registry::v1::DIVISION_LEVEL_TOWNSHIP;
  if (text_.compare(4, 2, "00") != 0) return registry::v1::DIVISION_LEVEL_COUNTY;
  return text_.compare(2, 2, "00") != 0 ? registry::v1::DIVISION_LEVEL_PREFECTURE
                                        : registry::v1::DIVISION_LEVEL_PROVINCE;
}

std::optional<DivisionCode> DivisionCode::Parent() const {
  switch (level()) {
    case registry::v1::DIVISION_LEVEL_VILLAGE:
    case registry::v1::DIVISION_LEVEL_TOWNSHIP:
      return DivisionCode(WithoutFill(text_.substr(0, text_.size() - kGroupDigits)));
    case registry::v1::DIVISION_LEVEL_COUNTY:
      return DivisionCode(text_.substr(0, 4) + "00");
    case registry::v1::DIVISION_LEVEL_PREFECTURE:
      return DivisionCode(text_.substr(0, 2) + "0000");
    default:
      return std::nullopt;
  }
}

absl::StatusOr<ResolvedPlace> ResolvePlace(const DivisionCode& code, DivisionLookup lookup) {
  return Walk(lookup).Resolve(code);
}

absl::StatusOr<bool> IsInside(const DivisionCode& place, const DivisionCode& area, DivisionLookup lookup) {
  ASSIGN_OR_RETURN(const ResolvedPlace inner, ResolvePlace(place, lookup));
  if (inner.codes.empty()) return false;
  ASSIGN_OR_RETURN(const ResolvedPlace outer, ResolvePlace(area, lookup));
  const std::vector<std::string> area_codes = outer.partial ? std::vector<std::string>{area.text()} : outer.codes;
  if (Contains(area_codes, place.text())) return true;
  return Ascent(area_codes, lookup).AllMeetArea(inner.codes);
}

absl::StatusOr<std::vector<std::string>> DisplayPath(const DivisionCode& code, DivisionLookup lookup) {
  std::vector<std::string> names;
  std::optional<DivisionCode> next = code;
  for (size_t steps = 0; next.has_value() && steps < kMaxDivisionSteps; ++steps) {
    ASSIGN_OR_RETURN(const DivisionCode present, PresentOrSelf(*next, lookup));
    ASSIGN_OR_RETURN(const Division* row, lookup(present.text()));
    if (row != nullptr && row->names_size() > 0) names.push_back(DisplayName(*row));
    next = present.Parent();
  }
  std::reverse(names.begin(), names.end());
  return names;
}

std::string DisplayName(const Division& division) {
  return division.names_size() == 0 ? "" : division.names(division.names_size() - 1).display_name();
}

}  // namespace gi::domain
