#include "server/domain/goods.h"

#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "server/domain/personal_data.h"

namespace gi::domain {

using registry::v1::GoodsItem;

void CheckGoods(const google::protobuf::RepeatedPtrField<GoodsItem>& goods, absl::string_view field,
                FieldViolations& violations) {
  absl::flat_hash_set<std::string> ids;
  for (int i = 0; i < goods.size(); ++i) {
    const GoodsItem& item = goods[i];
    const std::string path = absl::StrCat(field, "[", i, "]");
    if (!ids.insert(item.id()).second) {
      violations.Add(path + ".id", registry::v1::ERROR_REASON_FIELD_MALFORMED,
                     {{"value", EchoValue(item.id())},
                      {"expected", "an id that no other item of the list has"},
                      {"expected_zh", "与其他商品项不同的标识"}});
    }
    if (item.nice_class() < 0 || item.nice_class() > 45) {
      violations.Add(path + ".nice_class", registry::v1::ERROR_REASON_FIELD_MALFORMED,
                     {{"value", absl::StrCat(item.nice_class())},
                      {"expected", "1 to 45, or 0 for none"},
                      {"expected_zh", "1 至 45，或 0（表示无）"}});
    }
  }
}

}  // namespace gi::domain
