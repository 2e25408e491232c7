// Answers from the projection: checks at the newest revision that ask for nothing but a verdict. Thread-safe.
#ifndef GI_SERVER_SERVICE_CHECK_MEMORY_H_
#define GI_SERVER_SERVICE_CHECK_MEMORY_H_

#include <string>

#include "absl/status/statusor.h"
#include "gi/registry/v1/check.pb.h"
#include "google/protobuf/message.h"
#include "server/projection/projection.h"
#include "server/service/check_rows.h"
#include "storage/registry/registry.h"

namespace gi::service {

// Fills the answer, but for read_point and date. False: the projection does not hold what is asked, and the rows have
// to be read; the answer is untouched. What it says is what the rows of that version say. Errors of the store, which is
// asked for divisions.
absl::StatusOr<bool> AnswerFromMemory(const registry::Registry& registry, const projection::Projection& projection,
                                      const projection::Projection::Version& version, const Question& question,
                                      registry::v1::CheckAuthorizationResponse& response);

// The question may be answered from memory at all. (Names of entities, and titles by number or name, are in the rows.)
bool IsForMemory(const registry::v1::CheckAuthorizationRequest& request);

// Printable ASCII without spaces, at most 64 characters, or nothing: no field rule for texts finds anything in it.
bool IsPlainText(const std::string& text);

// Of the message itself, not of those in it.
template <class Message>
bool HasUnknownFields(const Message& message) {
  static const google::protobuf::Reflection* const reflection = Message::GetReflection();
  return !reflection->GetUnknownFields(message).empty();
}

// A request that CheckFields and CheckQuestion would find nothing in, as far as a glance tells: of usual shape, without
// a place. True for nearly all; false says nothing.
bool IsPlain(const registry::v1::CheckAuthorizationRequest& request);

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_CHECK_MEMORY_H_
