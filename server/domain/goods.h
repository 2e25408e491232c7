// Goods items of titles and applications. Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_GOODS_H_
#define GI_SERVER_DOMAIN_GOODS_H_

#include "absl/strings/string_view.h"
#include "gi/registry/v1/indication.pb.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "storage/base/error.h"

namespace gi::domain {

// Adds what is wrong with a list of items: ids that occur twice, classes that do not exist. `field` is its path.
void CheckGoods(const google::protobuf::RepeatedPtrField<registry::v1::GoodsItem>& goods, absl::string_view field,
                FieldViolations& violations);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_GOODS_H_
