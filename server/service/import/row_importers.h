// The importers of all kinds of rows.
#ifndef GI_SERVER_SERVICE_IMPORT_ROW_IMPORTERS_H_
#define GI_SERVER_SERVICE_IMPORT_ROW_IMPORTERS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "server/service/import/row_importer.h"

namespace gi::service {

// Immutable and thread-safe. Whatever is looked for and not there is nullptr.
class RowImporters {
 public:
  RowImporters();
  const RowImporter* Find(registry::v1::ImportKind kind) const;
  const RowImporter* FindTable(const table::AnyTable& table) const;
  // By a resource name, which also gives the id.
  const RowImporter* FindNamed(absl::string_view name, std::string& id) const;

 private:
  std::vector<std::unique_ptr<RowImporter>> all_;
};

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_IMPORT_ROW_IMPORTERS_H_
