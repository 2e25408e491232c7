// TLS and client certificates, with certificates made on the spot by the openssl program.
#include "server/rpc/tls.h"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/rpc/files.h"
#include "tests/server/rpc/test_server.h"

namespace gi::rpc {
namespace {

using ::testing::HasSubstr;

class TlsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    std::string pattern = ::testing::TempDir() + "/gi_tls_XXXXXX";
    dir_ = new std::string(mkdtemp(pattern.data()));
    for (const char* ca : {"ca", "other_ca"}) MakeCa(ca);
    MakeCertificate("server", "ca", "/CN=server", "DNS:localhost,IP:127.0.0.1");
    MakeCertificate("writer", "ca", "/CN=writer.example");
    MakeCertificate("reader", "ca", "/CN=nobody/O=x", "DNS:reader.example");
    MakeCertificate("stranger", "ca", "/CN=stranger.example");
    MakeCertificate("foreign", "other_ca", "/CN=writer.example");
    EXPECT_TRUE(WriteSmallFile(Path("list"), "agri writer.example write\nmarket reader.example read\n").ok());
  }
  static void TearDownTestSuite() {
    std::filesystem::remove_all(*dir_);
    delete dir_;
  }

  static std::string Path(const std::string& name) { return absl::StrCat(*dir_, "/", name); }
  static std::string Pem(const std::string& name) { return ReadSmallFile(Path(name + ".pem")).value_or(""); }

  static void OpenSsl(const std::string& arguments) {
    const std::string command = absl::StrCat("cd ", *dir_, " && openssl ", arguments, " >>log 2>&1");
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
  }
  static constexpr char kNewKey[] = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
  static void MakeCa(const std::string& name) {
    OpenSsl(absl::StrCat("req -x509 ", kNewKey, " -days 2 -subj /CN=", name, " -keyout ", name, ".key -out ", name,
                         ".pem"));
  }
  static void MakeCertificate(const std::string& name, const std::string& ca, const std::string& subject,
                              const std::string& names = "") {
    const std::string extension = names.empty() ? "" : absl::StrCat(" -addext subjectAltName=", names);
    OpenSsl(
        absl::StrCat("req ", kNewKey, " -subj ", subject, extension, " -keyout ", name, ".key -out ", name, ".csr"));
    OpenSsl(absl::StrCat("x509 -req -in ", name, ".csr -CA ", ca, ".pem -CAkey ", ca,
                         ".key -CAcreateserial -days 2 -copy_extensions copy -out ", name, ".pem"));
  }

  static GrpcServerOptions Options(bool client_ca) {
    GrpcServerOptions options;
    options.listen = {"127.0.0.1:0"};
    options.tls.certificate = Path("server.pem");
    options.tls.key = Path("server.key");
    if (!client_ca) return options;
    options.tls.client_ca = Path("ca.pem");
    options.allow_list_path = Path("list");
    return options;
  }

  // Answers to a read and to a write of a client with this certificate ("": none).
  static std::string Answers(const GrpcServer& server, const std::string& certificate) {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = Pem("ca");
    if (!certificate.empty()) {
      options.pem_cert_chain = Pem(certificate);
      options.pem_private_key = *ReadSmallFile(Path(certificate + ".key"));
    }
    TestClient client(server.addresses()[0], grpc::SslCredentials(options));
    const Reply read = client.Call(kGet);
    return absl::StrCat(read.summary(), ", ", client.Call(kCreate).summary());
  }

  static std::string StartError(const GrpcServerOptions& options) {
    const auto server = GrpcServer::Start(MakeTable(), options);
    return server.ok() ? "started" : std::string(server.status().message());
  }

  static std::string* dir_;
};
std::string* TlsTest::dir_ = nullptr;

TEST_F(TlsTest, TheListDecidesWhoMayWrite) {
  std::string agency;
  Handlers handlers;
  handlers.get = [&](const CallContext& context, const auto&) {
    agency = context.caller.agency;
    return registry::v1::GetDivisionResponse();
  };
  const auto server = StartServer(handlers, Options(true));
  ASSERT_NE(server, nullptr);
  EXPECT_EQ(Answers(*server, "writer"), "OK, OK");
  EXPECT_EQ(agency, "agri");
  EXPECT_EQ(Answers(*server, "reader"), "OK, 7 ERROR_REASON_CALLER_NOT_ALLOWED");
  EXPECT_EQ(agency, "market");
  EXPECT_EQ(Answers(*server, "stranger"), "OK, 7 ERROR_REASON_CALLER_NOT_ALLOWED");
  EXPECT_EQ(agency, "");
  EXPECT_EQ(Answers(*server, ""), "OK, 16 ERROR_REASON_CALLER_UNKNOWN");
  EXPECT_EQ(agency, "");
}

TEST_F(TlsTest, CertificatesOfAnotherCaAreNotListenedTo) {
  const auto server = StartServer({}, Options(true));
  ASSERT_NE(server, nullptr);
  EXPECT_THAT(Answers(*server, "foreign"), ::testing::StartsWith("14"));
}

TEST_F(TlsTest, WithoutClientCaThisMachineMayWrite) {
  const auto server = StartServer({}, Options(false));
  ASSERT_NE(server, nullptr);
  EXPECT_EQ(Answers(*server, ""), "OK, OK");
}

TEST_F(TlsTest, PlaintextIsNotUnderstood) {
  const auto server = StartServer({}, Options(false));
  ASSERT_NE(server, nullptr);
  TestClient client(server->addresses()[0]);
  EXPECT_EQ(client.Call(kGet, "", {}, absl::Seconds(2)).status.error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(TlsTest, UnixSocketsStayPlain) {
  GrpcServerOptions options = Options(true);
  options.listen.push_back(absl::StrCat("unix:", Path("socket")));
  const auto server = StartServer({}, options);
  ASSERT_NE(server, nullptr);
  EXPECT_EQ(TestClient(server->addresses()[1]).Call(kCreate).summary(), "OK");
}

TEST_F(TlsTest, AllowsOtherMachines) {
  GrpcServerOptions options = Options(true);
  options.listen = {"0.0.0.0:0"};
  EXPECT_EQ(StartError(options), "started");
}

TEST_F(TlsTest, NamesTheFileThatCannotBeUsed) {
  GrpcServerOptions options = Options(true);
  options.tls.key = Path("missing");
  EXPECT_THAT(StartError(options), HasSubstr(absl::StrCat("cannot read ", Path("missing"), ": No such file")));
  options.tls.key = *dir_;
  EXPECT_THAT(StartError(options), HasSubstr("Is a directory"));
  options.tls.key = Path("list");
  EXPECT_THAT(StartError(options), HasSubstr("list: not a PEM private key"));
  options.tls.key = Path("writer.key");
  EXPECT_THAT(StartError(options), HasSubstr("writer.key: not the key of the certificate"));
  OpenSsl("ec -in server.key -aes128 -passout pass:x -out locked.key");
  options.tls.key = Path("locked.key");
  EXPECT_THAT(StartError(options), HasSubstr("locked.key: not a PEM private key without passphrase"));
  options = Options(true);
  options.tls.certificate = Path("server.key");
  EXPECT_THAT(StartError(options), HasSubstr("server.key: not a PEM certificate"));
  options = Options(true);
  options.tls.client_ca = Path("list");
  EXPECT_THAT(StartError(options), HasSubstr("list: not a PEM certificate"));
  options = Options(true);
  options.allow_list_path = Path("ca.pem");
  EXPECT_THAT(StartError(options), HasSubstr("ca.pem, line 1: too few words"));
}

TEST_F(TlsTest, RefusesAnExpiredCertificate) {
  OpenSsl("x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days -1 -out expired.pem");
  GrpcServerOptions options = Options(false);
  options.tls.certificate = Path("expired.pem");
  EXPECT_THAT(StartError(options), HasSubstr("expired.pem: the certificate has expired"));
}

}  // namespace
}  // namespace gi::rpc
