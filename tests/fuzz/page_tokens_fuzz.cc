// Page tokens: anything may be handed in; only what was sealed with the key is opened, and to what it was.
//
// Input: the text of a token; also the bytes of the message in one; also, after two bytes that say where, what a sealed
// token is spoiled with.
#include <string>

#include "gi/storage/v1/page_token.pb.h"
#include "server/service/page_token.h"
#include "storage/base/error.h"
#include "tests/fuzz/fuzz.h"

namespace gi::fuzz {
namespace {

// That of the tokens in the corpus.
const char kKey[] = "0123456789abcdef0123456789abcdef";

storage::v1::PageToken SomeToken() {
  storage::v1::PageToken token;
  token.set_query("0123456789abcdef");
  token.set_caller("loopback");
  token.set_revision(300);
  token.set_history_id("fedcba9876543210");
  token.set_business_day(20000);
  token.set_after(std::string("\0\x20test.e0001\0\x01", 15));
  return token;
}

void OpenAnyText(absl::string_view text) {
  const auto opened = service::OpenPageToken(text, kKey);
  if (opened.ok()) {
    FUZZ_CHECK(service::SealPageToken(*opened, kKey) == text);
    FUZZ_CHECK(!service::OpenPageToken(text, "another key").ok());
  } else {
    FUZZ_CHECK(GetErrorReason(opened.status()) == ErrorReason::ERROR_REASON_PAGE_TOKEN_INVALID);
  }
}

void SealAnyMessage(absl::string_view bytes) {
  storage::v1::PageToken token;
  if (!token.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  const auto opened = service::OpenPageToken(service::SealPageToken(token, kKey), kKey);
  FUZZ_CHECK(opened.ok() && opened->SerializeAsString() == token.SerializeAsString());
}

void SpoilToken(Input input) {
  const std::string sealed = service::SealPageToken(SomeToken(), kKey);
  const size_t at = input.Byte() % (sealed.size() + 1);
  const size_t size = input.Byte() % (sealed.size() + 1);
  std::string spoiled = sealed;
  spoiled.replace(at, size, std::string(input.Rest()));
  FUZZ_CHECK(service::OpenPageToken(spoiled, kKey).ok() == (spoiled == sealed));
}

}  // namespace
}  // namespace gi::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  gi::fuzz::SilenceProtobuf();
  gi::fuzz::Input input(data, size);
  gi::fuzz::SpoilToken(input);
  const absl::string_view bytes = input.Rest();
  gi::fuzz::OpenAnyText(bytes);
  gi::fuzz::SealAnyMessage(bytes);
  return 0;
}
