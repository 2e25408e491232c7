// Cells of spreadsheets: quantities, days, numbers, lists, words of enums and JSON, each read into a field; and text
// that is written as a cell and read again.
//
// Input: the text.
#include <string>
#include <vector>

#include "client/sheet/field_columns.h"
#include "client/sheet/head.h"
#include "client/sheet/quantity_cell.h"
#include "client/sheet/sheet_date.h"
#include "client/sheet/unit_words.h"
#include "client/sheet/values.h"
#include "gi/registry/v1/entity.pb.h"
#include "gi/registry/v1/indication.pb.h"
#include "storage/base/csv_line.h"
#include "storage/base/text.h"
#include "tests/fuzz/fuzz.h"

namespace gi::fuzz {
namespace {

void ReadQuantity(absl::string_view text) {
  for (const char* unit : {"", "亩", "万元"}) {
    const auto parsed = client::sheet::ParseQuantityCell(text, unit);
    if (!parsed) continue;
    FUZZ_CHECK(parsed->quantity.unit() != 0 && !parsed->quantity.value().empty());
    FUZZ_CHECK(parsed->quantity.value().find_first_not_of("0123456789.") == std::string::npos);
  }
  for (const client::sheet::UnitStatement& one : client::sheet::UnitStatementsIn(text)) FUZZ_CHECK(!one.unit.empty());
  std::string end;
  if (!client::sheet::HeadBeforeUnit(client::sheet::HeadForm(text), end).empty()) {
    FUZZ_CHECK(client::sheet::LooksLikeUnit(end));
  }
  const std::string unit = client::sheet::UnitInHead(text).unit;
  FUZZ_CHECK(unit.empty() || client::sheet::ParseQuantityCell("1", unit).has_value());
}

void SetFields(absl::string_view text) {
  for (const char* path : {"indication.kind", "indication.goods", "indication.area_codes", "indication.origin",
                           "indication.events[1].effective_from", "indication_id"}) {
    registry::v1::CreateIndicationRequest request;
    (void)client::sheet::SetField(request, path, text, nullptr);
  }
}

// What an export writes of a list, an import reads as that list.
void ThereAndBack(absl::string_view text) {
  // The register keeps no others.
  if (HasControlCharacters(text)) return;
  registry::v1::CreateEntityRequest request, read;
  const std::vector<std::string> parts = client::sheet::SplitList(text);
  for (const std::string& part : parts) request.mutable_entity()->add_aliases(part);
  if (!text.empty()) request.mutable_entity()->add_aliases(NormalizeText(text));
  if (request.entity().aliases().empty() || NormalizeText(text).empty()) return;
  const std::string cell = client::sheet::CellOf(request, "entity.aliases", nullptr);
  FUZZ_CHECK(client::sheet::SetField(read, "entity.aliases", cell, nullptr).empty());
  FUZZ_CHECK(read.SerializeAsString() == request.SerializeAsString());
}

}  // namespace
}  // namespace gi::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  gi::fuzz::SilenceProtobuf();
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (!gi::IsValidUtf8(text) || text.find('\0') != std::string::npos) return 0;
  gi::fuzz::ReadQuantity(text);
  gi::fuzz::SetFields(text);
  gi::fuzz::ThereAndBack(text);
  (void)gi::client::sheet::DamageOf(text);
  if (const auto ends = gi::client::sheet::ParseSheetRange(text)) {
    FUZZ_CHECK(gi::client::sheet::ParseSheetDate(ends->first).has_value() && !ends->second.empty());
  }
  (void)gi::client::sheet::ParseSheetDate(text);
  std::string line = gi::CsvLine({text}, "");
  if (line.front() != '"' && !text.empty()) FUZZ_CHECK(gi::WithoutGuard(line) == text);
  return 0;
}
