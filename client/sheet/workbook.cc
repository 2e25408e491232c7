#include "client/sheet/workbook.h"

#include <fstream>
#include <utility>

#include "absl/strings/match.h"
#include "client/sheet/package.h"
#include "client/sheet/workbook_formats.h"
#include "storage/base/status_macros.h"

namespace gi::client::sheet {
namespace {

constexpr char kMagic[] = "PK\x03\x04";
constexpr char kOldMagic[] = "\xD0\xCF\x11\xE0";

}  // namespace

bool LooksLikeWorkbook(absl::string_view beginning) {
  return absl::StartsWith(beginning, kMagic) || absl::StartsWith(beginning, kOldMagic);
}

absl::StatusOr<std::unique_ptr<Workbook>> Workbook::Open(const std::string& path) {
  char beginning[sizeof(kOldMagic) - 1] = {};
  std::ifstream(path, std::ios::binary).read(beginning, sizeof(beginning));
  if (absl::string_view(beginning, sizeof(beginning)) == kOldMagic) {
    return SheetError(
        {"是旧格式（XLS）或设有密码的工作簿：请另存为不带密码的 XLSX 或“CSV UTF-8”",
         "is a workbook of the older kind (XLS), or one with a password: save it as XLSX without a password, or as "
         "\"CSV UTF-8\""});
  }
  ASSIGN_OR_RETURN(std::unique_ptr<Package> package, Package::Open(path, kMaxWorkbookBytes));
  // ODS has no relationships; XLSX has no content.xml.
  if (package->Has(kOdsContent)) return OpenOds(std::move(package));
  return OpenXlsx(std::move(package));
}

}  // namespace gi::client::sheet
