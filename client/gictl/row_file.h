// A file of rows for an import, in any of the formats that are read, with the file of those that are rejected.
#ifndef GI_CLIENT_GICTL_ROW_FILE_H_
#define GI_CLIENT_GICTL_ROW_FILE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/sheet/row_builder.h"
#include "client/sheet/table.h"
#include "gi/mapping/v1/mapping.pb.h"
#include "gi/registry/v1/import.pb.h"

namespace gi::client::gictl {

// A row on its way, for what may be found about it.
struct SentRow {
  int64_t line = 0;
  // As it stands in the file: cells of a table; otherwise one, with the whole row.
  std::vector<std::string> cells;
  std::vector<sheet::CellProblem> problems;
  std::vector<sheet::MovedElement> moved = {};
};

// Errors are usage errors: of files that cannot be read or written. One thread reads; another may at the same time ask
// for columns and reject rows.
class RowFile {
 public:
  virtual ~RowFile() = default;

  // Goes to the beginning; before the first Next, too.
  virtual absl::Status Restart() = 0;
  // The next row in the file's order; `row` has no request if `kept` has problems. False at the end.
  virtual absl::StatusOr<bool> Next(registry::v1::ImportRow& row, SentRow& kept) = 0;
  // How much of it was read, 0 to 1.
  virtual double share() const = 0;

  // What the report says of the file: "UTF-8", "XLSX"; which reading of columns was used.
  virtual std::string format() const = 0;
  virtual std::string mapping() const { return ""; }
  virtual std::vector<std::string> UnknownColumns() const { return {}; }
  virtual std::vector<sheet::PassedOver> PassedOver() const { return {}; }

  // Where a field that the server names stands: head of the column and what the row has there. "": nowhere.
  virtual std::string ColumnOf(const std::string&, const SentRow&) const { return ""; }
  virtual std::string ValueOf(const std::string&, const SentRow&) const { return ""; }

  // Adds the row to the file of rejected ones, which is made for the first.
  virtual absl::Status Reject(const SentRow& row, const std::string& why) = 0;
  // Its path; "" if nothing was rejected.
  virtual absl::StatusOr<std::string> FinishRejects() = 0;
};

struct RowFileOptions {
  std::string path;
  registry::v1::ImportKind kind = registry::v1::IMPORT_KIND_UNSPECIFIED;
  // "": the mapping that comes with the program.
  std::string mapping_path;
  // "": beside the file.
  std::string reject_path;
  // csv, workbook, jsonl or protobuf; "": by what is in it.
  std::string format;
  // Of a workbook; "": the only one that has such a table.
  std::string sheet;
};

// Opens the file. A usage error if it cannot be read, or not in its format.
absl::StatusOr<std::unique_ptr<RowFile>> OpenRowFile(const RowFileOptions& options);

// One maker for each format.
absl::StatusOr<std::unique_ptr<RowFile>> OpenTextTable(const RowFileOptions& options, mapping::v1::Mapping mapping);
absl::StatusOr<std::unique_ptr<RowFile>> OpenWorkbookTable(const RowFileOptions& options, mapping::v1::Mapping mapping);
absl::StatusOr<std::unique_ptr<RowFile>> OpenJsonLines(const RowFileOptions& options);
absl::StatusOr<std::unique_ptr<RowFile>> OpenProtobuf(const RowFileOptions& options);

// "名单.csv: cannot be read".
absl::Status Unreadable(const std::string& path, const sheet::Words& why);

// "名单.csv" → "名单.rejected.csv"; with another extension if one is given (".xlsx").
std::string RejectPath(const RowFileOptions& options, const std::string& extension = "");

// Bytes of the file before the place of the stream.
double ShareRead(std::istream& in, int64_t size);

inline constexpr char kWhyColumn[] = "错误原因";

}  // namespace gi::client::gictl

#endif  // GI_CLIENT_GICTL_ROW_FILE_H_
