package io.ikigai.platform.listener;

import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.ikigai.platform.IkigaiHandler;
import io.ikigai.platform.mailbox.MailboxListener;
import io.ikigai.platform.queue.IkigaiTaskListener;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.CustomScopeConfigurer;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.context.support.SimpleThreadScope;
import org.springframework.core.PriorityOrdered;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Whatever way a listener is declared, it listens, or the application does not start. No
 * listener here starts.
 */
class ListenerDiscoveryTests {

	@Test
	void findsListenersOnLazyBeans() {
		assertThat(ids(LazyComponent.class)).containsExactly("lazy:lazy");
		assertThat(ids(LazyConfiguration.class)).containsExactlyInAnyOrder("class:q", "mail:m");
	}

	@Test
	void findsListenersOnProductsOfFactoryBeans() {
		assertThat(ids(PlainFactory.class)).containsExactly("plain:plain");
		assertThat(start(
				(context) -> context.registerBean(PlainFactory.class, (definition) -> definition.setLazyInit(true))))
			.containsExactly("plain:plain");
	}

	@Test
	void findsListenersOnObjectsThatWereRegisteredAsSingletons() {
		assertThat(start((context) -> context.getBeanFactory().registerSingleton("plain", new Plain())))
			.containsExactly("plain:plain");
	}

	@Test
	void findsListenersOnBeansThatArePostProcessorsOrNeededByOne() {
		assertThat(ids(Early.class)).containsExactlyInAnyOrder("plain:plain", "early:early");
	}

	@Test
	void findsListenersOfInterfacesAndAbstractClasses() {
		assertThat(ids(Declared.class)).containsExactlyInAnyOrder("iface:iface", "base:base", "inherited:default",
				"private:private", "static:static");
	}

	@Test
	void findsListenersOfProxiesOfInterfaces() {
		Object proxy = ProxyFactory.getProxy(Contract.class, (MethodInterceptor) (call) -> null);
		assertThat(start((context) -> context.registerBean("proxy", Contract.class, () -> (Contract) proxy)))
			.containsExactly("iface:iface");
	}

	@Test
	void refusesListenersOnPrototypes() {
		refuses(Prototype.class, "bean 'prototype'", "@IkigaiTaskListener", "scope is 'prototype'", "singleton");
		refuses(PrototypeConfiguration.class, "bean 'made'", "@MailboxListener", "'prototype'");
		refuses(PrototypeFactory.class, "'prototype'");
	}

	@Test
	void refusesListenersOnScopedBeansAndTheirProxies() {
		refuses(Scoped.class, "bean 'scoped'", "scope is 'thread'");
		refuses(ScopedWithProxy.class, "bean 'scoped'", "scope is 'thread'");
		refuses(ScopedWithInterface.class, "bean 'scoped'", "scope is 'thread'");
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void warnsOfListenersInContextsWithoutThePlatform(CapturedOutput output) {
		try (AnnotationConfigApplicationContext parent = new AnnotationConfigApplicationContext(LazyComponent.class)) {
			assertThat(start((context) -> context.setParent(parent))).isEmpty();
			assertThat(output).contains("'listenerDiscoveryTests.LazyComponent'", "@IkigaiTaskListener",
					"never listen");
		}
		assertThat(start((context) -> context.addApplicationListener((ContextRefreshedEvent event) -> {
			if (event.getApplicationContext() == context) {
				AnnotationConfigApplicationContext child = new AnnotationConfigApplicationContext();
				child.setParent(context);
				child.register(PlainFactory.class);
				child.refresh();
				child.close();
			}
		}))).isEmpty();
		assertThat(output).contains("'listenerDiscoveryTests.PlainFactory'");
	}

	@Test
	void refusesMethodsOfProxiesThatCannotBeCalled() {
		refuses(PrivateOnProxy.class, "cannot be called on the proxy");
	}

	@Test
	void refusesHandlersOfClassesThatDoNotListen() {
		refuses(new Object() {
			@IkigaiHandler("created")
			void created(String payload) {
			}
		}, "created (bean 'bean0')", "@IkigaiHandler", "on the class", "never be called");
	}

	private static List<String> ids(Class<?>... beans) {
		return start((context) -> context.register(beans));
	}

	private static List<String> start(Consumer<AnnotationConfigApplicationContext> beans) {
		return DeclaredListeners.start(beans)
			.stream()
			.map((listener) -> listener.id().substring(listener.id().lastIndexOf('.') + 1))
			.toList();
	}

	private static void refuses(Class<?> bean, String... words) {
		refuses((context) -> context.register(bean), words);
	}

	private static void refuses(Object bean, String... words) {
		refuses((context) -> context.registerBean("bean0", Object.class, () -> bean), words);
	}

	private static void refuses(Consumer<AnnotationConfigApplicationContext> beans, String... words) {
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> start(beans))
			.satisfies((ex) -> assertThat(refusal(ex)).hasMessageContainingAll(words));
	}

	private static Throwable refusal(Throwable thrown) {
		return Stream.iterate(thrown, Objects::nonNull, Throwable::getCause)
			.filter(InvalidListenerException.class::isInstance)
			.findFirst()
			.orElseThrow(() -> new AssertionError(thrown));
	}

	@Lazy
	static class LazyComponent {

		@IkigaiTaskListener("lazy")
		void lazy(String payload) {
		}

	}

	@Lazy
	@Configuration(proxyBeanMethods = false)
	static class LazyConfiguration {

		@Bean
		ListeningClass listeningClass() {
			return new ListeningClass();
		}

		@Bean
		Mail mailListener() {
			return new Mail();
		}

	}

	@IkigaiTaskListener(queue = "q", id = "class:q")
	static class ListeningClass {

		@IkigaiHandler
		void all(String payload) {
		}

	}

	static class Mail {

		@MailboxListener("m")
		void mail(String payload) {
		}

	}

	static class Plain {

		@IkigaiTaskListener("plain")
		void plain(String payload) {
		}

	}

	static class PlainFactory implements FactoryBean<Plain> {

		@Override
		public Plain getObject() {
			return new Plain();
		}

		@Override
		public Class<?> getObjectType() {
			return Plain.class;
		}

	}

	static class PrototypeFactory extends PlainFactory {

		@Override
		public boolean isSingleton() {
			return false;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Early {

		@Bean
		static Plain needed() {
			return new Plain();
		}

		@Bean
		static BeanPostProcessor first(Plain needed) {
			return new EarlyPostProcessor();
		}

	}

	static class EarlyPostProcessor implements BeanPostProcessor, PriorityOrdered {

		@Override
		public int getOrder() {
			return 0;
		}

		@IkigaiTaskListener("early")
		void early(String payload) {
		}

	}

	interface Contract {

		@IkigaiTaskListener("iface")
		void iface(String payload);

	}

	interface WithDefault {

		@IkigaiTaskListener("default")
		default void inherited(String payload) {
		}

	}

	abstract static class Base<T> {

		@IkigaiTaskListener("base")
		abstract void base(T payload);

		@IkigaiTaskListener(queue = "private", id = "private:private")
		private void hidden(String payload) {
		}

	}

	static class Implementation extends Base<Integer> implements Contract, WithDefault {

		@Override
		public void iface(String payload) {
		}

		@Override
		void base(Integer payload) {
		}

		@IkigaiTaskListener(queue = "static", id = "static:static")
		static void shared(String payload) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Declared {

		@Bean
		Contract contract() {
			return new Implementation();
		}

	}

	@Component("prototype")
	@Scope(BeanDefinition.SCOPE_PROTOTYPE)
	static class Prototype extends Plain {

	}

	@Configuration(proxyBeanMethods = false)
	static class PrototypeConfiguration {

		@Bean
		@Scope(BeanDefinition.SCOPE_PROTOTYPE)
		Object made() {
			return new Mail();
		}

		// Its type is not known before it is made
		@Bean
		String user(Object made) {
			return made.toString();
		}

	}

	abstract static class ThreadScoped {

		@Bean
		static CustomScopeConfigurer scopes() {
			CustomScopeConfigurer scopes = new CustomScopeConfigurer();
			scopes.addScope("thread", new SimpleThreadScope());
			return scopes;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Scoped extends ThreadScoped {

		@Bean
		@Scope("thread")
		Plain scoped() {
			return new Plain();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ScopedWithProxy extends ThreadScoped {

		@Bean
		@Scope(scopeName = "thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
		Plain scoped() {
			return new Plain();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ScopedWithInterface extends ThreadScoped {

		@Bean
		@Scope(scopeName = "thread", proxyMode = ScopedProxyMode.INTERFACES)
		Implementation scoped() {
			return new Implementation();
		}

	}

	@Transactional
	static class PrivateOnProxy {

		@IkigaiTaskListener("q")
		private void handle(String payload) {
		}

	}

}
