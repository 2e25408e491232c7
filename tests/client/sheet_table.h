// A table of comma-separated text, ready for its head to be found.
#ifndef GI_TESTS_CLIENT_SHEET_TABLE_H_
#define GI_TESTS_CLIENT_SHEET_TABLE_H_

#include <sstream>
#include <string>

#include "client/sheet/csv_rows.h"
#include "client/sheet/mapping.h"
#include "client/sheet/table.h"

namespace gi::client::sheet {

struct SheetTable {
  SheetTable(const std::string& text, registry::v1::ImportKind kind)
      : in(text), rows(in, TextEncoding::kUtf8), mapping(*ShippedMapping(kind)), table(rows, mapping) {}

  std::istringstream in;
  CsvRows rows;
  const mapping::v1::Mapping mapping;
  TableReader table;
};

}  // namespace gi::client::sheet

#endif  // GI_TESTS_CLIENT_SHEET_TABLE_H_
