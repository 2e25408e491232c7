// The law books that come with the program, read from their files.
#ifndef GI_TESTS_SERVER_DOMAIN_CLOCK_SHIPPED_LAWS_H_
#define GI_TESTS_SERVER_DOMAIN_CLOCK_SHIPPED_LAWS_H_

#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "gi/registry/v1/lawbook.pb.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "server/domain/clock/law_library.h"

namespace gi::domain {

inline registry::v1::LawBook ReadLawBook(const std::string& id) {
  const std::string path = std::string(GI_SOURCE_DIR) + "/deploy/data/laws/" + id + ".json";
  std::ifstream file(path, std::ios::binary);
  const std::string json((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  registry::v1::LawBook book;
  const auto status = google::protobuf::util::JsonStringToMessage(json, &book);
  EXPECT_TRUE(status.ok()) << path << ": " << status.ToString();
  book.set_name("lawbooks/" + id);
  return book;
}

inline LawLibrary ShippedLaws() {
  std::vector<registry::v1::LawBook> books;
  for (const char* id : {"calendars", "gi-product", "materials", "trademark"}) books.push_back(ReadLawBook(id));
  return LawLibrary(std::move(books));
}

}  // namespace gi::domain

#endif  // GI_TESTS_SERVER_DOMAIN_CLOCK_SHIPPED_LAWS_H_
