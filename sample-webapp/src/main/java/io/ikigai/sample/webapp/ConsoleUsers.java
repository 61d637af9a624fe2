package io.ikigai.sample.webapp;

import java.security.SecureRandom;
import java.util.Base64;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Component;

/**
 * The two users of the console. A real installation takes its users from where they are
 * kept already; the roles stay the same.
 */
@Component
@EnableConfigurationProperties(ConsoleProperties.class)
class ConsoleUsers implements UserDetailsService {

	static final String READER = "READER";

	static final String OPERATOR = "OPERATOR";

	private static final Log logger = LogFactory.getLog(ConsoleUsers.class);

	private static final int PASSWORD_BYTES = 12;

	private final String operatorPassword;

	private final String encodedReaderPassword;

	private final String encodedOperatorPassword;

	ConsoleUsers(ConsoleProperties properties) {
		this.operatorPassword = given("operator", properties.operatorPassword());
		PasswordEncoder encoder = PasswordEncoderFactories.createDelegatingPasswordEncoder();
		this.encodedReaderPassword = encode(encoder, given("reader", properties.readerPassword()));
		this.encodedOperatorPassword = encode(encoder, this.operatorPassword);
	}

	private static String encode(PasswordEncoder encoder, String password) {
		String encoded = encoder.encode(password);
		if (encoded == null) {
			throw new IllegalStateException("The password could not be encoded");
		}
		return encoded;
	}

	private static String given(String user, @Nullable String password) {
		if (password != null && !password.isEmpty()) {
			return password;
		}
		byte[] random = new byte[PASSWORD_BYTES];
		new SecureRandom().nextBytes(random);
		String made = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
		logger.info("Password of the user %1$s until the next start: %2$s (console.%1$s-password sets one that stays)"
			.formatted(user, made));
		return made;
	}

	/**
	 * For the script that starts the demo, which tells it to the person who started it.
	 */
	String operatorPassword() {
		return this.operatorPassword;
	}

	@Override
	public UserDetails loadUserByUsername(String name) {
		return switch (name) {
			case "reader" -> User.withUsername(name).password(this.encodedReaderPassword).roles(READER).build();
			case "operator" ->
				User.withUsername(name).password(this.encodedOperatorPassword).roles(READER, OPERATOR).build();
			default -> throw new UsernameNotFoundException(name);
		};
	}

}
