// Package portable serves symbols as a portable plugin, to rxport and to eKuiper.
//
// What an author writes is what eKuiper's Go SDK asks for: its packages api and runtime can take the place of this one.
package portable

import (
	"context"
	"log"
)

// SourceTuple is a value of a source, and what is known of it.
type SourceTuple interface {
	Message() map[string]any
	Meta() map[string]any
}

type tuple struct{ message, meta map[string]any }

func (t tuple) Message() map[string]any { return t.message }
func (t tuple) Meta() map[string]any    { return t.meta }

// NewDefaultSourceTuple makes a tuple; meta may be nil.
func NewDefaultSourceTuple(message, meta map[string]any) SourceTuple { return tuple{message, meta} }

// Source emits values. An error of Configure refuses the start; one sent to errCh ends the source.
type Source interface {
	Configure(datasource string, props map[string]any) error
	// Open runs until ctx is done. Whoever sends must give up then, too.
	Open(ctx StreamContext, consumer chan<- SourceTuple, errCh chan<- error)
	Closable
}

// Sink takes values, one at a time, each as the bytes of its JSON. An error of Configure or Open refuses the start; one of
// Collect is told to the host, and the sink goes on.
type Sink interface {
	Configure(props map[string]any) error
	Open(ctx StreamContext) error
	Collect(ctx StreamContext, data any) error
	Closable
}

// Function is called with the arguments of a call. When Exec fails, it returns what went wrong and false.
type Function interface {
	// Validate is asked when a rule starts. Only the number of arguments means anything.
	Validate(args []any) error
	Exec(args []any, ctx FunctionContext) (any, bool)
	// IsAggregate says that each argument is the slice of a column's values.
	IsAggregate() bool
}

// Closable is told that it is no longer needed.
type Closable interface {
	Close(ctx StreamContext) error
}

// StreamContext tells a symbol for whom it runs; it is done when the symbol is stopped.
type StreamContext interface {
	context.Context
	GetLogger() Logger
	GetRuleId() string
	GetOpId() string
	GetInstanceId() int
}

// FunctionContext tells a function who calls.
type FunctionContext interface {
	StreamContext
	GetFuncId() int
}

// Logger writes lines that the host collects.
type Logger interface {
	Infof(format string, args ...any)
	Warnf(format string, args ...any)
	Errorf(format string, args ...any)
}

type streamContext struct {
	context.Context
	meta meta
}

// NewContext is what a symbol gets; for tests as well.
func NewContext(parent context.Context, ruleId, opId string, instanceId int) FunctionContext {
	return streamContext{parent, meta{RuleId: ruleId, OpId: opId, InstanceId: instanceId}}
}

func (c streamContext) GetLogger() Logger  { return logger{c.meta.RuleId} }
func (c streamContext) GetRuleId() string  { return c.meta.RuleId }
func (c streamContext) GetOpId() string    { return c.meta.OpId }
func (c streamContext) GetInstanceId() int { return c.meta.InstanceId }
func (c streamContext) GetFuncId() int     { return c.meta.FuncId }

type logger struct{ rule string }

func (l logger) Infof(format string, args ...any)  { l.print("info", format, args) }
func (l logger) Warnf(format string, args ...any)  { l.print("warn", format, args) }
func (l logger) Errorf(format string, args ...any) { l.print("error", format, args) }

func (l logger) print(level, format string, args []any) {
	log.Printf(level+" rule="+l.rule+" "+format, args...)
}
