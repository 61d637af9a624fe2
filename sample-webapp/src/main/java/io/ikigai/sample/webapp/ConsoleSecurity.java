package io.ikigai.sample.webapp;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;

/**
 * Readers look, operators change things. A browser runs no script but the console's own
 * files, whatever an agent wrote.
 */
@Configuration(proxyBeanMethods = false)
class ConsoleSecurity {

	private static final String CONTENT = "default-src 'none'; script-src 'self'; style-src 'self'; "
			+ "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

	@Bean
	SecurityFilterChain consoleSecurityFilterChain(HttpSecurity http) throws Exception {
		http.authorizeHttpRequests((requests) -> requests
			.requestMatchers("/login", "/error", "/console.css", "/pages.css", "/console.js", "/theme.js", "/icon.svg")
			.permitAll()
			.requestMatchers("/actuator/health", "/actuator/health/**")
			.permitAll()
			.requestMatchers("/actuator/**")
			.hasRole(ConsoleUsers.OPERATOR)
			.requestMatchers(HttpMethod.GET)
			.hasRole(ConsoleUsers.READER)
			.anyRequest()
			.hasRole(ConsoleUsers.OPERATOR));
		http.formLogin((login) -> login.loginPage("/login"));
		http.logout(Customizer.withDefaults());
		http.headers((headers) -> headers.contentSecurityPolicy((policy) -> policy.policyDirectives(CONTENT))
			.referrerPolicy((policy) -> policy.policy(ReferrerPolicy.SAME_ORIGIN)));
		return http.build();
	}

}
