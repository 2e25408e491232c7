// Divisions as the rules ask for them, read at one revision and kept for the time of a request. Belongs to one thread.
#ifndef GI_SERVER_SERVICE_DIVISION_READER_H_
#define GI_SERVER_SERVICE_DIVISION_READER_H_

#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gi/registry/v1/division.pb.h"
#include "storage/table/row_reader.h"

namespace gi::service {

class DivisionReader {
 public:
  // `rows` must outlive this.
  explicit DivisionReader(const table::RowReader& rows) : rows_(rows) {}

  // nullptr if the code has no row. Stays valid as long as this.
  absl::StatusOr<const registry::v1::Division*> Find(absl::string_view code);

  // For the judgement of USCCs: whether the code has a row. A failing store reads as "unknown" and is kept in status().
  bool Knows(absl::string_view code);
  const absl::Status& status() const { return status_; }

 private:
  const table::RowReader& rows_;
  absl::Status status_;
  absl::flat_hash_map<std::string, std::unique_ptr<registry::v1::Division>> read_;
};

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_DIVISION_READER_H_
