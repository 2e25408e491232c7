// Flags that several commands share: where a fact comes from, the document a change rests on, and how a notice was
// served.
#ifndef GI_CLIENT_GICTL_PROVENANCE_FLAGS_H_
#define GI_CLIENT_GICTL_PROVENANCE_FLAGS_H_

#include <string>

#include "absl/status/status.h"
#include "google/protobuf/message.h"

namespace CLI {
class App;
}  // namespace CLI

namespace gi::client::gictl {

struct SourceFlags {
  std::string kind;
  std::string title;
  std::string uri;
  bool verified = false;
};

// The flags must outlive the app.
void AddSourceFlags(CLI::App& app, SourceFlags& flags);
// Writes what was given into the message's `source`; leaves it absent if nothing was.
absl::Status SetSource(const SourceFlags& flags, google::protobuf::Message& message);

struct DocumentFlags {
  std::string kind;
  std::string number;
  std::string issuer;
  std::string date;
  std::string title;
};

void AddDocumentFlags(CLI::App& app, DocumentFlags& flags);
// Writes what was given into the message's `basis`, as a new element if that is a list.
absl::Status SetBasis(const DocumentFlags& flags, google::protobuf::Message& message);

struct ServiceFlags {
  std::string mode;
  std::string received;
  std::string dispatched;
  std::string published;

  bool empty() const { return mode.empty() && received.empty() && dispatched.empty() && published.empty(); }
};

void AddServiceFlags(CLI::App& app, ServiceFlags& flags);
// Writes what was given into the message's `service`; leaves it as it is if nothing was.
absl::Status SetService(const ServiceFlags& flags, google::protobuf::Message& message);

}  // namespace gi::client::gictl

#endif  // GI_CLIENT_GICTL_PROVENANCE_FLAGS_H_
