#include "server/service/import/row_importer.h"

#include "absl/strings/escaping.h"

namespace gi::service {

std::string IdOfKey(absl::string_view key) { return "k" + absl::BytesToHexString(Sha256({key})).substr(0, 19); }

}  // namespace gi::service
