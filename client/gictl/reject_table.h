// The file of rejected rows of a table: the rows as they stand there, with a column more that says why.
#ifndef GI_CLIENT_GICTL_REJECT_TABLE_H_
#define GI_CLIENT_GICTL_REJECT_TABLE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/sheet/encoding.h"

namespace gi::client::gictl {

// Made with the first row that is added. Not thread-safe.
class RejectTable {
 public:
  virtual ~RejectTable() = default;
  // `head`: of the table; a column of reasons that it has already, of an earlier reject file, is written anew.
  absl::Status Add(const std::vector<std::string>& head, const std::vector<std::string>& cells, const std::string& why);
  // The path; "" if there was nothing to write. A usage error if the file cannot be written.
  absl::StatusOr<std::string> Finish();

 protected:
  explicit RejectTable(std::string path) : path_(std::move(path)) {}
  const std::string& path() const { return path_; }

 private:
  virtual bool Begin() = 0;
  virtual void Write(const std::vector<std::string>& cells) = 0;
  virtual bool Close() = 0;

  const std::string path_;
  bool begun_ = false;
};

// In the table's own encoding and with its separator, ',' or '\t'.
std::unique_ptr<RejectTable> MakeTextRejects(std::string path, sheet::TextEncoding encoding, char separator);
// A workbook (XLSX) whose cells are all text, so that nothing in them changes.
std::unique_ptr<RejectTable> MakeWorkbookRejects(std::string path);

}  // namespace gi::client::gictl

#endif  // GI_CLIENT_GICTL_REJECT_TABLE_H_
