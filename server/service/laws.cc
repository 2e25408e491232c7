#include "server/service/laws.h"

#include <string>
#include <utility>
#include <vector>

#include "storage/registry/tables.h"

namespace gi::service {

absl::StatusOr<std::shared_ptr<const domain::LawLibrary>> ReadLaws(const table::RowReader& rows,
                                                                   registry::DerivedCache& derived) {
  const auto make = [](const std::vector<std::string>& values) -> absl::StatusOr<domain::LawLibrary> {
    std::vector<registry::v1::LawBook> books;
    for (const std::string& value : values) {
      ASSIGN_OR_RETURN(registry::v1::LawBook book, registry::kLawBooks.Parse(value));
      books.push_back(std::move(book));
    }
    return domain::LawLibrary(std::move(books));
  };
  return derived.Of<domain::LawLibrary>(rows, registry::AllLawBooks(), make);
}

}  // namespace gi::service
