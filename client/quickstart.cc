// May this entity use this GI? Usage: quickstart SERVER USCC INDICATION
#include <iostream>

#include "client/client.h"
#include "client/make_connection.h"

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: quickstart SERVER USCC INDICATION\n";
    return 2;
  }
  gi::client::ConnectionOptions options;
  options.channel.target = argv[1];
  const gi::client::Client client(gi::client::MakeConnection(options));

  const auto answer = client.Check(argv[2], argv[3]);
  if (!answer.ok()) {
    std::cerr << answer.status().message() << "\n";
    return 1;
  }
  std::cout << gi::registry::v1::Verdict_Name(answer->verdict()) << " at revision " << answer->read_point().revision();
  for (const auto& reason : answer->reasons()) {
    std::cout << " " << gi::registry::v1::DecisionReason_Name(reason.reason());
  }
  std::cout << "\n";
}
