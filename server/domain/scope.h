// How a question meets the scope of a grant: area, variety and goods. Nothing here depends on the day.
// Pure; thread-compatible.
#ifndef GI_SERVER_DOMAIN_SCOPE_H_
#define GI_SERVER_DOMAIN_SCOPE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gi/registry/v1/authorization.pb.h"
#include "gi/registry/v1/check.pb.h"
#include "gi/registry/v1/indication.pb.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "storage/base/date.h"

namespace gi::domain {

// What is asked. Empty: not asked. Nothing is owned.
struct CheckQuery {
  Day date;
  absl::string_view entity_name = {};
  // Id or text of a goods item. With a class, both must fit, but an item that has no class fits any.
  absl::string_view goods = {};
  int nice_class = 0;
  absl::string_view variety = {};
  std::optional<absl::string_view> place = {};
};

// Whether the place lies in the area (division codes as written).
using AreaTest = absl::FunctionRef<absl::StatusOr<bool>(absl::string_view place, absl::string_view area)>;

// A text of the question, compared by FoldText. Folding is dear and most texts are written alike, so it is put off.
class AskedText {
 public:
  explicit AskedText(absl::string_view text) : text_(text) {}

  bool given() const { return !text_.empty(); }
  bool Matches(absl::string_view other);

 private:
  absl::string_view text_;
  std::optional<std::string> folded_;
};

// Places of goods items in Indication.goods.
using Items = absl::InlinedVector<int, 8>;

constexpr uint32_t DimensionBit(registry::v1::ScopeDimension dimension) {
  return 1u << static_cast<uint32_t>(dimension);
}

struct ScopeMatch {
  uint32_t failing = 0;  // DimensionBits
  Items items;           // judged() items in the scope
};

// The question put to one title. Holds references to title, query and area test.
class ScopeMatcher {
 public:
  ScopeMatcher(const registry::v1::Indication& title, const CheckQuery& query, AreaTest inside);

  // The items the question is about: those it names; all if it names none, or none that the title has.
  const Items& judged() const { return judged_; }

  // Where a list of the scope is empty, the title's own list counts; where that is empty too, nothing is excluded.
  // Errors are those of the area test.
  absl::StatusOr<ScopeMatch> Match(const registry::v1::Scope& scope);

 private:
  bool IsNamed(const registry::v1::GoodsItem& item);
  absl::StatusOr<bool> InArea(const google::protobuf::RepeatedPtrField<std::string>& areas) const;
  bool OfVariety(const google::protobuf::RepeatedPtrField<std::string>& varieties);

  const registry::v1::Indication& title_;
  const CheckQuery& query_;
  AreaTest inside_;
  AskedText goods_;
  AskedText variety_;
  Items judged_;
  bool excluded_ = false;  // the question names goods, and the title has others only
};

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_SCOPE_H_
