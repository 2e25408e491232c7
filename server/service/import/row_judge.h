// What can be said of a row of an import before it is its turn: its fields, by themselves. Thread-safe.
#ifndef GI_SERVER_SERVICE_IMPORT_ROW_JUDGE_H_
#define GI_SERVER_SERVICE_IMPORT_ROW_JUDGE_H_

#include <cstdint>
#include <string>

#include "gi/registry/v1/import.pb.h"
#include "google/protobuf/arena.h"
#include "server/service/division_reader.h"
#include "server/service/import/row_importer.h"

namespace gi::service {

// A row of an import, judged by itself.
struct JudgedRow {
  const registry::v1::ImportRow* given = nullptr;
  // In normal form, with stand-ins for names that are found out when it is its turn; nullptr if there is none. Lies in
  // an arena.
  google::protobuf::Message* request = nullptr;
  // What is wrong with its fields.
  FieldViolations findings;
  // Hash of what it says.
  uint64_t content = 0;
};

// `given` and `arena` must outlive what is returned. `reason`: of the import.
JudgedRow JudgeRow(const RowImporter& importer, const registry::v1::ImportRow& given, const std::string& reason,
                   DivisionReader& divisions, google::protobuf::Arena& arena);

// "entity.uscc" for "uscc".
std::string PathInRow(const RowImporter& importer, absl::string_view field);

// The first 8 bytes of SHA-256: what keys and contents of rows are told by.
uint64_t RowHash(absl::string_view bytes);

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_IMPORT_ROW_JUDGE_H_
