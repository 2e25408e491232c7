// Parts of workbooks.
//
// Input: a byte that tells which part of an XLSX or ODS file; its XML. The other parts are as they should be.
#include <unistd.h>

#include <string>

#include "storage/base/text.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/workbook_parts.h"

namespace gi::fuzz {
namespace {

Parts Around(uint8_t which, const std::string& xml) {
  XlsxParts whole;
  whole.strings = "<si><t>a</t></si>";
  whole.rows = "<row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' s='0'><v>45356</v></c></row>";
  Parts parts = PartsOf(whole);
  const size_t part = which % (parts.size() + 1);
  if (part == parts.size()) return {{"content.xml", xml}};
  parts[part].second = xml;
  return parts;
}

}  // namespace
}  // namespace gi::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using gi::client::sheet::SheetRow;
  gi::fuzz::Input input(data, size);
  const uint8_t which = input.Byte();
  const std::string path = "/tmp/workbooks_fuzz_" + std::to_string(getpid());
  gi::WriteZip(path, gi::fuzz::Around(which, std::string(input.Rest())));
  const auto book = gi::client::sheet::Workbook::Open(path);
  unlink(path.c_str());
  if (!book.ok()) return 0;
  for (size_t sheet = 0; sheet < (*book)->sheets().size(); ++sheet) {
    const auto rows = (*book)->Rows(sheet);
    int64_t last = 0;
    SheetRow row;
    for (int read = 0; read < 1000; ++read) {
      // What was read once is read again.
      const auto more = rows->Next(row);
      FUZZ_CHECK(more.ok());
      if (!*more) break;
      FUZZ_CHECK(row.line > last && row.line <= (*book)->CountRows(sheet));
      last = row.line;
      FUZZ_CHECK(row.cells.size() <= gi::client::sheet::kMaxColumns);
      for (const std::string& cell : row.cells) FUZZ_CHECK(gi::IsValidUtf8(cell));
    }
  }
  return 0;
}
