#include "server/rpc/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "server/rpc/files.h"
#include "storage/base/status_macros.h"

namespace gi::rpc {
namespace {

template <auto kFree>
struct Deleter {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Bio = std::unique_ptr<BIO, Deleter<&BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Deleter<&X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Deleter<&EVP_PKEY_free>>;

absl::Status Bad(const std::string& path, absl::string_view what) {
  // OpenSSL keeps its own account of what failed; the next user of this thread should not find it.
  ERR_clear_error();
  return absl::FailedPreconditionError(absl::StrCat(path, ": ", what));
}

Bio Open(const std::string& pem) { return Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))); }

// Without this OpenSSL asks for the passphrase of an encrypted key on the terminal.
int NoPassphrase(char*, int, int, void*) { return -1; }

absl::StatusOr<Certificate> ParseCertificate(const std::string& path, const std::string& pem) {
  const Bio bio = Open(pem);
  Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  if (certificate == nullptr) return Bad(path, "not a PEM certificate");
  if (X509_cmp_current_time(X509_get0_notAfter(certificate.get())) <= 0)
    return Bad(path, "the certificate has expired");
  return certificate;
}

absl::StatusOr<Key> ParseKey(const std::string& path, const std::string& pem) {
  const Bio bio = Open(pem);
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, &NoPassphrase, nullptr));
  if (key == nullptr) return Bad(path, "not a PEM private key without passphrase");
  return key;
}

absl::Status CheckPair(const TlsFiles& files, const grpc::SslServerCredentialsOptions::PemKeyCertPair& pair) {
  ASSIGN_OR_RETURN(const Certificate certificate, ParseCertificate(files.certificate, pair.cert_chain));
  ASSIGN_OR_RETURN(const Key key, ParseKey(files.key, pair.private_key));
  if (X509_check_private_key(certificate.get(), key.get()) == 1) return absl::OkStatus();
  return Bad(files.key, absl::StrCat("not the key of the certificate ", files.certificate));
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeTlsCredentials(const TlsFiles& files) {
  const bool ask_clients = !files.client_ca.empty();
  grpc::SslServerCredentialsOptions options(ask_clients ? GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY
                                                        : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  grpc::SslServerCredentialsOptions::PemKeyCertPair pair;
  ASSIGN_OR_RETURN(pair.cert_chain, ReadSmallFile(files.certificate));
  ASSIGN_OR_RETURN(pair.private_key, ReadSmallFile(files.key));
  RETURN_IF_ERROR(CheckPair(files, pair));
  options.pem_key_cert_pairs.push_back(std::move(pair));
  if (ask_clients) {
    ASSIGN_OR_RETURN(options.pem_root_certs, ReadSmallFile(files.client_ca));
    RETURN_IF_ERROR(ParseCertificate(files.client_ca, options.pem_root_certs).status());
  }
  return grpc::SslServerCredentials(options);
}

}  // namespace gi::rpc
