#include "server/domain/scope.h"

#include <algorithm>

#include "storage/base/status_macros.h"
#include "storage/base/text.h"

namespace gi::domain {

using google::protobuf::RepeatedPtrField;

bool AskedText::Matches(absl::string_view other) {
  if (text_ == other) return true;
  if (!folded_) folded_ = FoldText(text_);
  return *folded_ == FoldText(other);
}

ScopeMatcher::ScopeMatcher(const registry::v1::Indication& title, const CheckQuery& query, AreaTest inside)
    : title_(title), query_(query), inside_(inside), goods_(query.goods), variety_(query.variety) {
  const bool names_goods = goods_.given() || query.nice_class != 0;
  for (int i = 0; names_goods && i < title.goods_size(); ++i) {
    if (IsNamed(title.goods(i))) judged_.push_back(i);
  }
  if (!judged_.empty()) return;
  excluded_ = names_goods && !title.goods().empty();
  for (int i = 0; i < title.goods_size(); ++i) judged_.push_back(i);
}

absl::StatusOr<ScopeMatch> ScopeMatcher::Match(const registry::v1::Scope& scope) {
  ScopeMatch match;
  ASSIGN_OR_RETURN(const bool inside, InArea(scope.area_codes().empty() ? title_.area_codes() : scope.area_codes()));
  if (!inside) match.failing |= DimensionBit(registry::v1::SCOPE_DIMENSION_AREA);
  if (!OfVariety(scope.varieties().empty() ? title_.varieties() : scope.varieties())) {
    match.failing |= DimensionBit(registry::v1::SCOPE_DIMENSION_VARIETY);
  }
  const RepeatedPtrField<std::string>& ids = scope.goods();
  for (const int item : judged_) {
    if (ids.empty() || std::find(ids.begin(), ids.end(), title_.goods(item).id()) != ids.end()) {
      match.items.push_back(item);
    }
  }
  if (excluded_ || (!ids.empty() && match.items.empty())) {
    match.failing |= DimensionBit(registry::v1::SCOPE_DIMENSION_GOODS);
  }
  return match;
}

bool ScopeMatcher::IsNamed(const registry::v1::GoodsItem& item) {
  if (!goods_.given()) return item.nice_class() == query_.nice_class;
  if (query_.nice_class != 0 && item.nice_class() != 0 && item.nice_class() != query_.nice_class) return false;
  return item.id() == query_.goods || goods_.Matches(item.text());
}

absl::StatusOr<bool> ScopeMatcher::InArea(const RepeatedPtrField<std::string>& areas) const {
  if (!query_.place || areas.empty()) return true;
  for (const std::string& area : areas) {
    ASSIGN_OR_RETURN(const bool inside, inside_(*query_.place, area));
    if (inside) return true;
  }
  return false;
}

bool ScopeMatcher::OfVariety(const RepeatedPtrField<std::string>& varieties) {
  if (!variety_.given() || varieties.empty()) return true;
  return std::any_of(varieties.begin(), varieties.end(), [this](const std::string& v) { return variety_.Matches(v); });
}

}  // namespace gi::domain
